// The contact: every 30 s the reader says how it is. By its token a second reader of the same identity is found; by the
// answer it hears that it must wipe itself. docs/offline.md; the same as edge/chores.py.
import { base64, fromBase64, same } from "./bytes.js";
import { NoNetwork, Refusal, signed } from "./requests.js";
import { SHUT } from "./standing.js";
import * as store from "./store.js";

const CONTACT = "/api/v1/readers/contact";
const WIPED = "/api/v1/readers/wiped";
const PROGRAM = "reader-page";
const EVERY_MS = 30_000;
const AGAIN_MS = 10_000;
const NONCE_BYTES = 16;
const TOKEN = /^[0-9a-f]{48}$/;

const fresh = () => crypto.getRandomValues(new Uint8Array(NONCE_BYTES));

/** The answer, or RangeError for what is none. */
function read(answer) {
  const { token, position, hash, wipe, bundle } = answer ?? {};
  const whole = [position, bundle].every((number) => Number.isSafeInteger(number) && number >= 0);
  const head = typeof hash === "string" ? fromBase64(hash) : null;
  if (!whole || head?.length !== 32) throw new RangeError("not an answer to a contact");
  if (wipe !== true && !TOKEN.test(token)) throw new RangeError("no token");
  return { token, position, hash: head, wipe: wipe === true, bundle };
}

export class Contact {
  /** `parts()`: {camera, decoder}, a word each. `wiped()`: the key is destroyed, the rest must follow. */
  constructor(identity, { verifyAnswer, version, alone, standing, parts, wiped }) {
    Object.assign(this, { identity, verifyAnswer, version, alone, standing, parts, wiped, busy: false, asked: false });
  }

  start() {
    addEventListener("online", () => this.soon());
    this.soon();
  }

  /** Now; while one is under way, another after it. */
  async soon() {
    this.asked = true;
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    let pause = EVERY_MS;
    while (this.asked) {
      this.asked = false;
      pause = await this.tried();
    }
    this.busy = false;
    this.timer = setTimeout(() => this.soon(), pause);
  }

  /** One contact, whatever comes of it; milliseconds until the next. */
  async tried() {
    try {
      await this.once();
    } catch (error) {
      if (error instanceof NoNetwork) this.alone.network.probe();
      else if (!(error instanceof Refusal)) console.warn("no contact", error);
      else if (error.status >= 500) return AGAIN_MS;
      else if (SHUT.has(error.code) && !error.sworn) this.alone.network.probe(); // somebody else's word for it
      else if (SHUT.has(error.code)) await this.standing.shutBy(error.code).catch((why) => console.warn("not kept", why));
    }
    return EVERY_MS;
  }

  async once() {
    // On the disk before it is sent, and until an answer is: a contact whose answer was lost is the same again.
    const { token, nonce } = await store.change("contact", (kept) => kept ?? { token: "", nonce: fresh() });
    const { network, list } = this.alone;
    const cut = network.lastCut;
    const told = { token, nonce: base64(nonce), at_ms: Date.now(), version: this.version, program: PROGRAM };
    const state = { ...this.alone.told, offline_since_ms: cut, ...this.parts() };
    const { verifyAnswer } = this;
    const found = read(await signed(this.identity, "POST", CONTACT, { ...told, ...state }, { verifyAnswer }));
    if (found.wipe) {
      await this.wipe();
      return;
    }
    // Where two windows lead, in a browser without locks, both have this answer: the later one changes nothing.
    const next = { token: found.token, nonce: fresh() };
    await store.change("contact", (kept) => (kept && same(kept.nonce, nonce) ? next : kept));
    await this.standing.opens();
    network.toldOf(cut);
    await this.alone.handIn.standsAt(found);
    if (!list.bundle || found.bundle > list.bundle.number) list.refresh();
  }

  // Shut first: whatever fails of what follows, this reader opens nothing any more, and hears of it again.
  async wipe() {
    await this.standing.shutBy("reader_suspended");
    try {
      await signed(this.identity, "POST", WIPED);
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    }
    await this.wiped(); // does not come back, or is tried again with the next contact
  }
}
