// Full screen is entered with the first touch. Where it is left, a cover asks for the exit code or to come back.
// What a web page can hold: it covers itself. Leaving the browser is for the tablet's own kiosk mode to forbid.
import { NoNetwork, Refusal } from "./requests.js";
import { has, text } from "./texts.js";

export class FullScreen {
  /** `ask(path, body)`: of the server. `covered()`: it was left without a code, and what stood there goes. */
  constructor(page, { ask, covered }) {
    const part = (name) => page.querySelector(`[data-part='${name}']`);
    Object.assign(this, { ask, covered, free: false, was: false, covers: false });
    this.cover = part("cover");
    this.form = part("cover-form");
    this.code = part("exit-code");
    this.wrong = part("exit-wrong");
    part("cover-back").addEventListener("click", () => this.back());
    part("staff").addEventListener("click", () => this.open());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.leave();
    });
    this.cover.addEventListener("cancel", (event) => event.preventDefault());
    // A browser closes a dialog at the second Escape whatever the page says: then it stands there again.
    this.cover.addEventListener("close", () => this.covers && this.open());
    document.addEventListener("fullscreenchange", () => this.changed());
    addEventListener("pointerup", () => this.enter(), { capture: true });
    addEventListener("keydown", (event) => event.key !== "Escape" && this.enter(), { capture: true });
  }

  get can() {
    return document.fullscreenEnabled === true;
  }

  /** With a touch; staff who left it by the code are not caught again before they say so. */
  enter() {
    if (!this.can || document.fullscreenElement || this.free || this.covers) return;
    document.documentElement.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
  }

  changed() {
    if (document.fullscreenElement) {
      this.was = true;
      this.free = false;
      this.close();
    } else if (this.was && !this.free) {
      this.covered();
      this.open();
    }
  }

  open() {
    this.covers = true;
    this.tell("");
    this.code.value = "";
    if (!this.cover.open) this.cover.showModal();
    this.cover.querySelector("h1").focus();
  }

  close() {
    this.covers = false;
    this.code.value = "";
    if (this.cover.open) this.cover.close();
  }

  back() {
    this.free = false;
    this.close();
    this.enter();
  }

  tell(words) {
    this.wrong.textContent = words;
    this.wrong.hidden = !words;
  }

  async leave() {
    const code = this.code.value.trim();
    if (!code) return this.tell(text("exit_code_wrong"));
    this.code.value = "";
    try {
      await this.ask("kiosk/exit", { code });
    } catch (error) {
      if (error instanceof NoNetwork) return this.tell(text("exit_offline"));
      this.tell(text(error instanceof Refusal && has(error.code) ? error.code : "exit_code_wrong"));
      return this.code.focus();
    }
    this.free = true;
    this.close();
    if (document.fullscreenElement) await document.exitFullscreen();
    return undefined;
  }
}
