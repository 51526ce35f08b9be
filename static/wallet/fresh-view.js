// The pass by hand: for whoever was refused at a door and has signal now.
import { text } from "./texts.js";

export class FreshView {
  /** `renew()`: fetches a pass; whether it did. */
  constructor(page, { renew }) {
    this.deed = page.querySelector("[data-deed='fresh']");
    this.words = page.querySelector("[data-fresh]");
    this.renew = renew;
  }

  tell(message) {
    this.words.textContent = message;
    this.words.hidden = !message;
  }

  async fetch() {
    this.tell(text("fresh_fetching"));
    this.deed.disabled = true;
    try {
      this.tell(text((await this.renew()) ? "fresh_done" : "fresh_failed"));
    } finally {
      this.deed.disabled = false;
    }
  }
}
