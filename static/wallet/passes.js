// The pass: kept for when there is no signal, renewed by itself, shown with a proof of this phone.
import { behind, difference, learn, recall, serverNow } from "./clock.js";
import { fromBase64url } from "./keys.js";
import { prove } from "./proofs.js";
import { Refusal, request } from "./requests.js";
import { inStore } from "./store.js";

const PASSES = "/api/v1/wallet/passes";
const PASS = "pass";
const LAST = "last";
// The server says when to come again: another pass was fetched just now, or the levels are being written.
const AGAIN = new Set(["too_soon", "profile_stale"]);
const MOST_ROUNDS = 6;
export const PROOF_SECONDS = 20; // then a new one, well before doors find it too old
export const CHALLENGE_SECONDS = 30; // as long as a door shows its number
// Refusals after which nothing more may be shown, signal or not.
const ENDED = new Set([
  "device_revoked",
  "holder_suspended",
  "holder_offboarded",
  "credential_suspended",
  "credential_expired",
  "no_credential",
  "not_enrolled",
]);

/** There is no pass that is good now: "none", "ended", or "clock" where the phone's time cannot be. */
export class NoPass extends Error {
  constructor(why, ended) {
    super(why);
    this.why = why;
    this.ended = ended;
  }
}

/** A second of the server's clock in which no other page of this phone proves anything. */
function reserved() {
  const now = Math.floor(serverNow());
  let at;
  // One transaction across all pages of this phone: what it read nobody changes before it wrote.
  return inStore("readwrite", (store) => {
    const reading = store.get(LAST);
    reading.onsuccess = () => {
      at = Math.max(now, (reading.result ?? 0) + 1);
      store.put(at, LAST);
    };
    return {
      get result() {
        return at;
      },
    };
  });
}

function until(at) {
  const left = (at - serverNow()) * 1000;
  return left > 0 ? new Promise((resolve) => setTimeout(resolve, left)) : undefined;
}

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function inForce(unlockedUntil) {
  return unlockedUntil > serverNow() ? unlockedUntil : 0;
}

export class Passes {
  constructor() {
    this.pass = null;
    this.current = {}; // of a pass made now {mark, unlockedUntil}, as far as the server told since this one was made
    this.bound = 0; // how often the phone was bound anew
    this.last = 0;
    this.offered = false; // whether the company's phones get passes
    this.renewing = null;
  }

  /** Take up what an earlier opening kept for this key. */
  async load(key) {
    const [pass, last] = await Promise.all([
      inStore("readonly", (store) => store.get(PASS)),
      inStore("readonly", (store) => store.get(LAST)),
    ]);
    this.pass = pass?.keyid === key.keyid ? pass : null;
    this.last = last ?? 0;
    this.offered = this.pass !== null;
    recall(this.pass?.ahead);
  }

  /** Why nothing could be shown now, or "" if something can. */
  get lacks() {
    if (!this.pass) return "none";
    // Far enough back that the time here is wrong, not the pass: it was issued, and proofs were made over it.
    if (behind(this.pass.issued) || behind(Math.min(this.last, this.pass.expires))) return "clock";
    return serverNow() < this.pass.expires ? "" : "ended";
  }

  /** Unix seconds of the server's clock until which this phone needs no signal; 0 without a pass. */
  get expires() {
    return this.lacks ? 0 : this.pass.expires;
  }

  /** Whether a pass made now would be another one: of a new credential, new levels or new keys, or unlocked. */
  get isOutdated() {
    if (!this.pass) return false;
    const { mark, unlockedUntil } = { ...this.pass, ...this.current };
    return mark !== this.pass.mark || inForce(unlockedUntil) !== inForce(this.pass.unlockedUntil);
  }

  get isDue() {
    if (this.lacks || this.isOutdated) return true;
    return serverNow() >= (this.pass.issued + this.pass.expires) / 2;
  }

  /** The server's answers say what a pass made now would carry. */
  told({ pass_mark: mark, unlocked_until: unlockedUntil }) {
    this.current = { ...this.current };
    if (typeof mark === "string") this.current.mark = mark;
    if (typeof unlockedUntil === "number") this.current.unlockedUntil = unlockedUntil;
  }

  /**
   * A new pass where doors may refuse the last one, where half of its life is gone, or `anyway`. False where none
   * could be fetched, which is tried again another time.
   */
  async renew(key, anyway = false) {
    if (!this.offered || !(anyway || this.isDue)) return true;
    this.renewing ??= this.fetchCurrent(key).finally(() => {
      this.renewing = null;
    });
    return await this.renewing;
  }

  /** Until the pass is the one that was told of last: an unlock may come while a pass from before it is on its way. */
  async fetchCurrent(key) {
    const bound = this.bound;
    for (let round = 0; round < MOST_ROUNDS && bound === this.bound; round += 1) {
      try {
        await this.fetch(key, bound);
        if (!this.isOutdated) return true;
      } catch (error) {
        await this.heard(error);
        if (!AGAIN.has(error.code)) return false;
        await pause(error.wait || 1);
      }
    }
    return false;
  }

  async fetch(key, bound) {
    const before = this.current;
    const told = await request(key, "POST", PASSES, {});
    if (bound !== this.bound) return;
    await this.keep(key, told);
    if (this.current === before) this.current = {}; // nothing was told meanwhile: this pass is the newest there is to know
  }

  async keep(key, told) {
    learn(told.server_now);
    const pass = {
      keyid: key.keyid,
      sealed: fromBase64url(told.pass),
      company: fromBase64url(told.company),
      issued: told.issued,
      expires: told.expires,
      unlockedUntil: told.unlocked_until,
      mark: told.pass_mark,
      ahead: difference(),
    };
    await inStore("readwrite", (store) => {
      // The server's time is known now: a last proof from a wrong future holds up no more.
      if (behind(this.last)) store.delete(LAST);
      return store.put(pass, PASS);
    });
    if (behind(this.last)) this.last = 0;
    this.pass = pass;
  }

  /** The server refused something: where it ended this phone's access, the pass goes too. */
  async heard(error) {
    if (!(error instanceof Refusal && ENDED.has(error.code))) return;
    this.pass = null;
    await inStore("readwrite", (store) => store.delete(PASS));
  }

  /** The rights are gone, and with them the pass. */
  async gone() {
    this.forgotten();
    await inStore("readwrite", (store) => store.delete(PASS));
  }

  /** The phone is bound anew: nothing of before is left. */
  forgotten() {
    this.pass = null;
    this.current = {};
    this.bound += 1;
    this.last = 0;
  }

  /** Pass + proof in the words of a live code's answer. Raises NoPass. */
  async proof(key, challenge = 0) {
    if (this.lacks) throw new NoPass(this.lacks, this.pass?.expires);
    const pass = this.pass;
    const at = await reserved();
    await until(at);
    this.last = at;
    const code = await prove(key.privateKey, pass, at, challenge);
    const life = challenge ? CHALLENGE_SECONDS : PROOF_SECONDS;
    const expires = Math.min(at + life, pass.expires);
    return { kind: "pass", code, issued: at, life, expires, server_now: serverNow(), reaches: pass.expires, challenge };
  }
}
