// The number that a door shows, typed on large keys: the proof is then good at that door alone, while it shows it.
import { text } from "./texts.js";

const SIGNS = 4;

export class NumberView {
  constructor(page, { typed }) {
    this.view = page.querySelector("[data-view='number']");
    this.shown = this.view.querySelector("[data-number]");
    this.error = this.view.querySelector("[data-error]");
    this.typed = typed;
    this.view.addEventListener("click", (event) => this.press(event.target.closest("[data-key]")?.dataset.key));
    document.addEventListener("keydown", (event) => {
      if (this.view.hidden) return;
      if (/^[0-9]$/.test(event.key)) this.press(event.key);
      if (event.key === "Backspace") this.press("back");
    });
  }

  begin(message = "") {
    this.number = "";
    this.say(message);
    this.draw();
  }

  say(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
  }

  press(key) {
    if (!key) return;
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
