// Handing in: what the server does not have yet, in batches, from where the server says it stands.
import { fromBase64 } from "../bytes.js";
import { NoNetwork, NotOurs, Refusal, signed } from "../requests.js";

const JOURNAL = "/api/v1/readers/journal";
const AGAIN_MS = 15_000;
const WITHIN_MS = 30_000;
const MOST_GAPS = 3; // in one go; then it rests

export class HandIn {
  constructor(identity, verifyAnswer, book) {
    Object.assign(this, { identity, verifyAnswer, book, busy: false, position: null });
  }

  async start() {
    this.position ??= (await this.book.handed()).position;
    setInterval(() => this.complete || this.run(), AGAIN_MS);
  }

  /** How many entries the server has not got, as far as known. */
  get queue() {
    return Math.max(0, this.book.head.position - (this.position ?? 0));
  }

  /** The server says where its journal of this reader ends: {position, hash}. */
  async standsAt(point) {
    await this.book.standsAt(point);
    this.position = point.position;
    this.run();
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
    const { verifyAnswer } = this;
    const found = await signed(this.identity, "GET", JOURNAL, undefined, { verifyAnswer });
    if (!Number.isSafeInteger(found?.position) || typeof found.hash !== "string") throw new NotOurs();
    let point = { position: found.position, hash: fromBase64(found.hash) };
    let gaps = 0;
    for (;;) {
      await this.book.standsAt(point);
      const { position } = point;
      this.position = position;
      const entries = await this.book.after(position);
      if (entries.length === 0) break;
      const told = await this.given({ after: position, entries });
      if (told.gap && ++gaps > MOST_GAPS) throw new NoNetwork();
      if (!told.gap && told.position <= position) throw new NoNetwork(); // it takes nothing: asked again later
      point = { position: told.position, hash: fromBase64(told.hash) };
    }
    await this.book.tidy(point.position);
  }

  /** What the server made of it; `gap` where another request of ours crossed it, and where the server stands. */
  async given(piece) {
    const { verifyAnswer } = this;
    try {
      return await signed(this.identity, "POST", JOURNAL, piece, { within: WITHIN_MS, verifyAnswer });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "journal_gap" || !error.sworn) throw error;
      return { gap: true, position: error.told.position, hash: error.told.hash };
    }
  }
}
