// Sign-ins that were taken without network: kept sealed, handed in when it is back. Nothing here can read them.
import { serverNow } from "../wallet/clock.js";
import { call, identity, NoNetwork, Refusal } from "./requests.js";
import { sealed } from "./sealing.js";
import * as store from "./store.js";

const AT_ONCE = 10; // so that a request stays far below what the server takes
const FIRST_MS = 5_000;
const LONGEST_MS = 600_000;

export class SealedQueue {
  /** `changed(count)`: so many are held. */
  constructor(changed) {
    Object.assign(this, { changed, count: 0, pause: FIRST_MS, timer: 0, busy: false });
    addEventListener("online", () => this.soon());
  }

  async start() {
    await this.counted();
    this.soon();
  }

  async counted() {
    this.count = await store.countSealed();
    this.changed(this.count);
  }

  /** Keep one; whether it went. What it says is nowhere but in its ciphertext afterwards. */
  async keep(plain) {
    try {
      await store.keepSealed(await sealed(await identity(), plain, serverNow()));
    } catch {
      return false;
    }
    await this.counted();
    this.again();
    return true;
  }

  /** The server was heard: now is the time. */
  soon() {
    this.pause = FIRST_MS;
    if (this.count) this.handIn();
  }

  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.handIn(), this.pause);
    this.pause = Math.min(2 * this.pause, LONGEST_MS);
  }

  /** All that is held, some at a time. What the server did not take stays, and is asked again ever more rarely. */
  async handIn() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      while (this.count) {
        const items = await store.someSealed(AT_ONCE);
        const { taken } = await call("kiosk/sealed", { items });
        await store.dropSealed(taken);
        await this.counted();
        if (taken.length === 0) break;
      }
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    } finally {
      this.busy = false;
    }
    if (this.count) this.again();
  }
}
