// The number that a door shows, typed on large keys: the proof is then good at that door alone, while it shows it.
import { canRead, readNumber } from "./number-camera.js";
import { text } from "./texts.js";

const SIGNS = 4;

export class NumberView {
  constructor(page, { typed }) {
    this.view = page.querySelector("[data-view='number']");
    this.shown = this.view.querySelector("[data-number]");
    this.error = this.view.querySelector("[data-error]");
    this.reads = this.view.querySelector("[data-reads]");
    this.glass = this.view.querySelector("[data-glass]");
    this.typed = typed;
    this.reads.addEventListener("click", () => this.read());
    this.view.addEventListener("click", (event) => this.press(event.target.closest("[data-key]")?.dataset.key));
    document.addEventListener("keydown", (event) => {
      if (this.view.hidden) return;
      if (/^[0-9]$/.test(event.key)) this.press(event.key);
      if (event.key === "Backspace") this.press("back");
    });
  }

  begin(message = "") {
    this.number = "";
    this.reads.hidden = !canRead();
    this.say(message);
    this.draw();
  }

  say(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
  }

  /** Take the number from the door's picture; a key that is pressed, or another view, ends it. */
  async read() {
    this.say("");
    this.reads.hidden = true;
    this.reading = true;
    try {
      const number = await readNumber(this.glass, () => this.view.hidden || !this.reading);
      if (number && this.reading && !this.view.hidden) this.typed(number);
    } catch {
      this.say(text("number_camera_off"));
    } finally {
      this.reading = false;
      this.reads.hidden = !canRead();
    }
  }

  press(key) {
    if (!key) return;
    this.reading = false;
    this.say("");
    if (key === "back") this.number = this.number.slice(0, -1);
    else if (this.number.length < SIGNS) this.number += key;
    this.draw();
    if (this.number.length < SIGNS) return;
    if (Number(this.number) > 0) this.typed(Number(this.number));
    else this.begin(text("number_wrong"));
  }

  draw() {
    this.shown.textContent = this.number.padEnd(SIGNS, "–");
  }
}
