// The reader when it is cut off: list, journal, clock and network put together. It goes over and back by itself.
import { CodeRefused } from "./opening.js";
import { Book } from "./book.js";
import { ReaderClock } from "./clock.js";
import { HandIn } from "./handing.js";
import { List } from "./list.js";
import { Network } from "./network.js";
import { ASSURANCE, opensAlone, refuse } from "./rules.js";

// A time at which somebody was let in: what was refused vouches for nothing, and no clock that goes wrong carries time
// further than the trust in the list reaches.
const vouched = (bundle, atMs) => Math.min(atMs, bundle.atMs + 1000 * bundle.trust);

export class Alone {
  /**
   * `number.told`: the door's numbers. `standing`: whether the server lets it open. `tell(since, opens, face)`: since when it
   * works alone, null where it does not; whether a code alone is not enough here and a face is asked for. `back()`: the server answers again.
   */
  constructor(identity, { book, verifyAnswer, number, standing, tell, back }) {
    Object.assign(this, { identity, book, number, standing, tell, back });
    this.clock = new ReaderClock();
    this.list = new List(identity, verifyAnswer, book, (judge) => this.learned(judge));
    this.network = new Network(identity, verifyAnswer, book, (since, returned) => this.moved(since, returned));
    this.handIn = new HandIn(identity, verifyAnswer, book);
  }

  static async of(identity, given) {
    return new Alone(identity, { ...given, book: await Book.of(identity) });
  }

  async start() {
    this.raise(this.book.floorMs);
    await this.list.start();
    this.missing = !this.ready;
    await this.network.start();
    await this.handIn.start();
  }

  /** Whether it could decide alone at all. */
  get ready() {
    return this.list.judge !== null;
  }

  /** Whether this door asks for a face as well, as far as is known here. */
  get asksFace() {
    return this.ready && this.list.bundle.door.needs >= ASSURANCE.face;
  }

  /** Whether the server is not to be asked. */
  get cutOff() {
    return this.ready && this.network.cutOff;
  }

  /** The last number that the journal used up. */
  get counter() {
    return this.book.head.counter;
  }

  /** What a contact tells of it. */
  get told() {
    return { queue: this.handIn.queue, list_at_ms: this.list.bundle?.atMs ?? null };
  }

  get nowMs() {
    return this.clock.nowMs(Date.now(), performance.now());
  }

  raise(atMs) {
    this.clock.raiseFloor(atMs, performance.now());
  }

  learned({ bundle }) {
    if (this.missing) this.back(); // the console says that a list is missing until a contact tells of one
    this.missing = false;
    this.raise(bundle.atMs);
    this.number.learn(bundle.door.challenge);
    this.show();
  }

  moved(since, returned) {
    this.show();
    if (since !== null) return;
    this.handIn.run();
    if (returned) this.back();
  }

  show() {
    const { bundle } = this.list;
    if (!this.cutOff) this.tell(null, true, this.asksFace);
    else this.tell(this.network.since, !this.standing.shut && opensAlone(bundle, Math.floor(this.nowMs / 1000)), false);
  }

  /** The verdict on a code, {granted, reason}; it is in the journal when this returns. Throws where it cannot be. */
  async decide({ code, counter }) {
    const { judge, point } = this.list;
    const atMs = this.nowMs;
    const challenges = this.number.told.challenges ?? [];
    const now = Math.floor(atMs / 1000);
    const found = this.standing.shut
      ? { ...refuse("reader_suspended", now, judge.bundle.door.at), use: null }
      : await judge.decide(code, {
          now,
          challenges,
          used: (use) => this.book.used(use),
          inside: (credential) => this.book.inside(credential),
        });
    const { epoch, seq } = point;
    const { granted, reason, facts, use } = found;
    const floorMs = granted ? vouched(judge.bundle, atMs) : 0;
    await this.book.enter({ counter, atMs, code, challenges, granted, reason, facts, epoch, seq }, use, floorMs);
    this.raise(floorMs);
    if (!this.network.cutOff) this.handIn.run();
    return { granted, reason };
  }

  /** A code that the server let in: its copy opens nothing here either. */
  async granted(code) {
    if (!this.ready) return;
    const { judge } = this.list;
    const atMs = this.nowMs;
    try {
      const { use } = await judge.open(code, Math.floor(atMs / 1000), this.number.told.challenges ?? []);
      if (use === null) return;
      const floorMs = vouched(judge.bundle, atMs);
      await this.book.note(use, atMs, floorMs);
      this.raise(floorMs);
    } catch (error) {
      if (!(error instanceof CodeRefused)) throw error; // the server knows keys that this list does not have yet
    }
  }
}
