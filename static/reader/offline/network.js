// Whether the server is there. A reader goes over by itself when it is silent, and back when it answers again.
import { NoNetwork, Refusal, signed } from "../requests.js";

const NEXT = "/api/v1/readers/next";
const PROBE_MS = 2000;

export class Network {
  /** `told(since)`: unix ms since when the reader is cut off, or null. */
  constructor(identity, book, told) {
    Object.assign(this, { identity, book, told, since: null, probing: false });
  }

  async start() {
    this.before = (await this.book.get("away")) ?? null;
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
    this.before = null;
    this.remember(this.since);
    this.told(this.since);
  }

  back() {
    const was = this.cutOff || this.before !== null;
    Object.assign(this, { since: null, before: null });
    if (was) this.remember(null);
    this.told(null);
  }

  remember(since) {
    this.book.put("away", since).catch(() => {}); // what is told of it is then a little off
  }

  /** Any answer will do, a refusal too: who refuses is there. */
  async probe() {
    if (this.probing) return;
    this.probing = true;
    try {
      await signed(this.identity, "GET", NEXT, undefined, { within: PROBE_MS });
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
