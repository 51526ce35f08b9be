// The keypad for the PIN of a day pass. Fingers only: a scanner that types must not fill it and cost a try.
const DIGITS = 6;
const WAIT_MS = 20000;

export class Keypad {
  constructor(page) {
    Object.assign(this, { page, answer: null, pin: "" });
    this.dots = page.querySelector("[data-dots]");
    page.addEventListener("click", (event) => this.touched(event.target.closest("button")));
    page.addEventListener("keydown", (event) => event.key === "Escape" && this.finish(""));
  }

  /** Six digits, or "" when nobody typed them: cancelled, or untouched for 20 s. */
  ask() {
    this.finish("");
    this.pin = "";
    this.page.hidden = false;
    this.tell();
    this.page.querySelector("[data-digit]").focus({ preventScroll: true });
    return new Promise((resolve) => {
      this.answer = resolve;
      this.wait();
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.finish(""), WAIT_MS);
  }

  touched(button) {
    if (!button || !this.answer) return;
    this.wait();
    if (button.dataset.deed === "cancel") this.finish("");
    else if (button.dataset.deed === "delete") this.pin = this.pin.slice(0, -1);
    else this.pin += button.dataset.digit;
    this.tell();
    if (this.pin.length === DIGITS) this.finish(this.pin);
  }

  tell() {
    const count = this.pin.length;
    this.dots.textContent = "●".repeat(count) + "○".repeat(DIGITS - count);
    this.dots.setAttribute("aria-label", `${count} / ${DIGITS}`);
  }

  finish(pin) {
    clearTimeout(this.timer);
    const { answer } = this;
    Object.assign(this, { answer: null, pin: "" });
    this.page.hidden = true;
    answer?.(pin);
  }
}
