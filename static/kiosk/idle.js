// Nobody's answers stand before the next one: after a minute without a touch the person is asked, and half a minute
// later, of which the last twenty seconds are counted aloud, all of it is gone.
import { text } from "./texts.js";

export const ASK_MS = 60_000;
export const GONE_MS = 30_000;
export const COUNT_S = 20;
const TOUCHES = ["pointerdown", "keydown", "input", "pointermove", "wheel", "touchstart"];

export class Idle {
  /** `gone()`: nobody answered. `watched()`: whether there is anything to wipe. */
  constructor(page, { gone, watched }) {
    Object.assign(this, { gone, watched, timer: 0 });
    this.dialog = page.querySelector("[data-part='still']");
    this.count = this.dialog.querySelector("[data-part='still-count']");
    this.dialog.querySelector("[data-part='still-here']").addEventListener("click", () => this.touched(true));
    this.dialog.querySelector("[data-part='still-gone']").addEventListener("click", () => this.end());
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.touched(true);
    });
    for (const name of TOUCHES) addEventListener(name, () => this.touched(), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    this.at = this.last = Date.now();
    setInterval(() => this.look(), 250);
  }

  /** How long nobody touched anything, also where there is nothing to wipe; milliseconds. */
  get quiet() {
    return Date.now() - this.last;
  }

  /** While the question stands only its own answer counts: a sleeve on the screen is nobody. */
  touched(answered = false) {
    if (this.dialog.open && !answered) return;
    this.at = this.last = Date.now();
    if (this.dialog.open) this.close();
  }

  /** By the clock, not by ticks: a tablet that slept has waited all the same. */
  look() {
    const quiet = Date.now() - this.at;
    if (!this.watched()) {
      this.at = Date.now();
      if (this.dialog.open) this.close();
      return;
    }
    if (quiet >= ASK_MS + GONE_MS) return this.end();
    if (quiet < ASK_MS) return;
    if (!this.dialog.open) this.open();
    const left = Math.ceil((ASK_MS + GONE_MS - quiet) / 1000);
    const words = left <= COUNT_S ? text("still_count", { seconds: left }) : text("still_lead");
    if (this.count.textContent !== words) this.count.textContent = words;
  }

  open() {
    this.from = document.activeElement;
    this.dialog.showModal();
    this.dialog.querySelector("[data-part='still-here']").focus();
  }

  close() {
    this.dialog.close();
    this.count.textContent = "";
    if (this.from?.isConnected) this.from.focus({ preventScroll: true });
    this.from = null;
  }

  end() {
    this.at = Date.now();
    if (this.dialog.open) this.close();
    this.gone();
  }
}
