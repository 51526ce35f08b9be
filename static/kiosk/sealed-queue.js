// Sign-ins that were taken without network: kept sealed, handed in when it is back. Nothing here can read them.
import { serverNow } from "../wallet/clock.js";
import { handIn } from "./handing.js";
import { identity, NoNetwork, Refusal } from "./requests.js";
import { sealed } from "./sealing.js";
import * as store from "./store.js";

const FIRST_MS = 5_000;
const LONGEST_MS = 600_000;

export class SealedQueue {
  /** `changed(count)`: so many are held. */
  constructor(changed) {
    Object.assign(this, { changed, count: 0, pause: FIRST_MS, timer: 0, busy: false, stopped: false });
    addEventListener("online", () => this.soon());
  }

  async start() {
    await this.counted();
    this.soon();
  }

  /** The kiosk is none any more: nothing is looked for in a store that was destroyed. */
  stop() {
    clearTimeout(this.timer);
    Object.assign(this, { stopped: true, count: 0 });
  }

  async counted() {
    if (this.stopped) return;
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

  /** All that is held. What the server did not take stays, and is asked again ever more rarely. */
  async handIn() {
    if (this.busy || this.stopped) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      await handIn();
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    } finally {
      this.busy = false;
    }
    await this.counted();
    if (this.count) this.again();
  }
}
