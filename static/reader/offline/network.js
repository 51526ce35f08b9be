// Whether the server is there. A reader goes over by itself when it is silent, and back when it answers again.
import { next } from "../next.js";
import { NoNetwork, Refusal } from "../requests.js";

const PROBE_MS = 2000;

export class Network {
  /** `told(since, returned)`: unix ms since when the reader is cut off, or null. `lastCut`: when, until a contact has told it. */
  constructor(identity, verifyAnswer, book, told) {
    Object.assign(this, { identity, verifyAnswer, book, told, since: null, lastCut: null, probing: false });
  }

  async start() {
    this.before = (await this.book.get("away")) ?? null;
    this.lastCut = this.before;
    setInterval(() => this.since !== null && this.probe(), PROBE_MS);
    addEventListener("offline", () => this.probe());
    addEventListener("online", () => this.probe());
    this.probe();
  }

  get cutOff() {
    return this.since !== null;
  }

  cut() {
    if (this.cutOff) return;
    this.since = this.before ?? Date.now();
    this.lastCut = this.since;
    this.before = null;
    this.remember(this.since);
    this.told(this.since, false);
  }

  back() {
    const was = this.cutOff || this.before !== null;
    Object.assign(this, { since: null, before: null });
    if (was) this.remember(null);
    this.told(null, was);
  }

  /** A contact has told of this cut. */
  toldOf(cut) {
    if (this.lastCut === cut) this.lastCut = null;
  }

  remember(since) {
    this.book.put("away", since).catch(() => {}); // what is told of it is then a little off
  }

  /** Any answer of the company's will do, a refusal too: who refuses is there. What only lies between is not. */
  async probe() {
    if (this.probing) return;
    this.probing = true;
    try {
      await next(this.identity, this.verifyAnswer, PROBE_MS);
      this.back();
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) this.back();
      else if (error instanceof Refusal || error instanceof NoNetwork) this.cut();
      else throw error;
    } finally {
      this.probing = false;
    }
  }
}
