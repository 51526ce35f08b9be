// A host's visitors in the wallet: whether there is anything to show, and how one comes to it.
import { NoNetwork, Refusal } from "./requests.js";
import { text } from "./texts.js";
import { VisitsView } from "./visits-view.js";

const FRAGMENT = "#visits";
const WANTED_MS = 5000; // a page that is taken up again is drawn anew, and more than once
const REFRESH_MS = 10_000;

export class Visits {
  /** `show(view)`, `look()`: the wallet's. `key()`: this phone's record. */
  constructor(page, { key, show, look }) {
    Object.assign(this, { page, key, show, look, wantedUntil: 0 });
    this.view = new VisitsView(page, { key, heard: (told) => this.heard(told) });
    if (location.hash === FRAGMENT) {
      history.replaceState(null, "", location.pathname);
      this.wanted();
    }
    navigator.serviceWorker?.addEventListener("message", ({ data }) => this.told(data));
    setInterval(() => this.isShown && !document.hidden && this.view.refresh(), REFRESH_MS);
  }

  get deeds() {
    return { visits: () => this.open() };
  }

  get isShown() {
    return this.page.dataset.shown === "visits";
  }

  wanted() {
    this.wantedUntil = Date.now() + WANTED_MS;
  }

  /** The worker says that a notice was touched, or that one has come. */
  told(data) {
    if (!this.key()) return;
    if (data === "visits") {
      this.wanted();
      this.look();
    }
    if (data === "visits changed") this.isShown ? this.view.refresh() : this.ask();
  }

  heard({ visits }) {
    const waiting = visits.filter((one) => one.waits).length;
    for (const button of this.page.querySelectorAll("[data-deed='visits']")) {
      button.hidden = false;
      button.textContent = waiting ? text("host_deed_waiting", { number: waiting }) : text("host_deed");
    }
  }

  /** Ask, and say nothing: a visitor's phone has none of it. Opens what a notice led to. */
  async ask() {
    if (this.key().visit) return; // bound for a visit: a visitor's phone
    if (Date.now() < this.wantedUntil) return this.open();
    try {
      await this.view.ask();
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
      if (error.code !== undefined) this.hide();
    }
  }

  hide() {
    for (const button of this.page.querySelectorAll("[data-deed='visits']")) button.hidden = true;
  }

  open() {
    this.show("visits");
    return this.view.begin();
  }
}
