// Nobody's answers stand before the next one: after half a minute without a touch a question covers the screen, and
// twenty seconds later, counted aloud, all of it is gone. Where somebody reads or waits the question comes later, and what
// is theirs on the screen is out of sight until then.
import { text } from "./texts.js";

export const ASK_S = 30;
export const READ_S = 60;
export const WAIT_S = 70; // a host who answers within a minute finds the visitor at the screen
export const GONE_S = 20; // WCAG 2.2.1 wants no less for an answer
const TOUCHES = ["pointerdown", "keydown", "input", "pointermove", "wheel", "touchstart", "scroll"];

export class Idle {
  /** `gone()`: nobody answered. `watched()`: whether there is anything to wipe. */
  constructor(page, { gone, watched }) {
    Object.assign(this, { gone, watched, kiosk: page.querySelector("#kiosk"), shown: "", ask: ASK_S * 1000 });
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
    this.kiosk.removeAttribute("data-quiet");
    if (this.dialog.open) this.close();
  }

  /** By the clock, not by ticks: a tablet that slept has waited all the same. */
  look() {
    if (!this.watched()) {
      this.at = Date.now();
      this.kiosk.removeAttribute("data-quiet");
      if (this.dialog.open) this.close();
      return;
    }
    if (!this.dialog.open) this.news();
    const quiet = Date.now() - this.at;
    this.kiosk.toggleAttribute("data-quiet", quiet >= ASK_S * 1000);
    if (quiet >= this.ask + GONE_S * 1000) return this.end();
    if (quiet < this.ask) return;
    if (!this.dialog.open) this.open();
    const words = text("still_count", { seconds: Math.ceil((this.at + this.ask - Date.now()) / 1000) + GONE_S });
    if (this.count.textContent !== words) this.count.textContent = words;
  }

  /** What comes by itself, as the host's answer or a phone's, is looked at first: the time begins anew. */
  news() {
    const { screen, patience } = this.kiosk.dataset;
    const shown = `${screen} ${patience}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.ask = Number(patience) * 1000;
    this.at = Date.now();
  }

  open() {
    this.from = document.activeElement;
    this.at = Date.now() - this.ask; // whole seconds to answer, however late this look came
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
