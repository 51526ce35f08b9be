// Handing in: what the server does not have yet, in batches, from where the server says it stands.
import { NoNetwork, Refusal, signed } from "../requests.js";

const JOURNAL = "/api/v1/readers/journal";
const AGAIN_MS = 15_000;
const WITHIN_MS = 30_000;

export class HandIn {
  constructor(identity, book) {
    Object.assign(this, { identity, book, busy: false, position: null });
  }

  start() {
    setInterval(() => this.complete || this.run(), AGAIN_MS);
  }

  /** Whether the server is known to have all there is. */
  get complete() {
    const { position } = this.book.head;
    return position === 0 || this.position === position;
  }

  /** Repeating changes nothing: the server counts each entry once. */
  async run() {
    if (this.busy || this.complete) return;
    this.busy = true;
    try {
      await this.all();
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    } finally {
      this.busy = false;
    }
  }

  async all() {
    let { position } = await signed(this.identity, "GET", JOURNAL);
    for (;;) {
      const entries = await this.book.after(position);
      if (entries.length === 0) break;
      const told = await signed(this.identity, "POST", JOURNAL, { entries }, { within: WITHIN_MS });
      if (told.position <= position) throw new NoNetwork(); // it takes nothing: asked again later
      position = told.position;
    }
    this.position = position;
    await this.book.tidy(position);
  }
}
