// This phone: how it is unlocked, until when it needs no signal.
import { phoneTime, serverNow } from "./clock.js";
import { isUnanswered, NoNetwork, Refusal } from "./requests.js";
import { has, moment, text } from "./texts.js";
import { canUnlock, createPasskey, lock, NotUnlocked, unlock } from "./unlock.js";

/** The unlock of this phone, shown wherever the page has a place for it. */
export class PhoneView {
  /**
   * `changed(until)`: the unlock is another now, the pass should say so. `key()`: this phone's record. `patience()`:
   * milliseconds to wait for an answer to an unlock.
   */
  constructor(page, { key, changed, patience }) {
    Object.assign(this, { page, key, changed, patience, passkeys: 0, until: 0, required: false, faces: false });
    Object.assign(this, { able: false, busy: false, isCutOff: false }); // isCutOff: the last deed met no server
    this.known = false; // whether the server spoke of unlocking at all
  }

  async heard(me) {
    this.known = me.unlock !== undefined && me.passkeys !== undefined;
    if (!this.known) return this.draw();
    this.passkeys = me.passkeys;
    this.required = me.unlock.required;
    this.until = me.unlock.until ?? 0;
    this.able = await canUnlock();
    return this.draw();
  }

  /** Whether the holder's face may unlock this phone, as the server last said. */
  face(may) {
    this.faces = may;
    this.draw();
  }

  /** It was unlocked by another way than a passkey. */
  opened(until) {
    this.until = until;
    this.changed(until);
    this.draw();
  }

  get unlocked() {
    return this.until > serverNow();
  }

  /** Whether nothing is shown before an unlock. */
  get mustUnlock() {
    return this.known && this.required && !this.unlocked;
  }

  /** How the unlock stands, as people read it. */
  get standing() {
    if (this.unlocked) return text("unlocked_until", { time: moment(phoneTime(this.until)) });
    if (this.passkeys > 0 || this.faces) return text("is_locked");
    return text(this.able ? "passkey_lead" : "unlock_unavailable");
  }

  draw() {
    clearTimeout(this.timer);
    const shown = {
      unlock: this.known && this.able && this.passkeys > 0 && !this.unlocked,
      "face-unlock": this.known && this.faces && !this.unlocked,
      lock: this.known && this.unlocked,
      passkey: this.known && this.able && this.passkeys === 0,
    };
    for (const [deed, is] of Object.entries(shown)) {
      for (const button of this.page.querySelectorAll(`[data-deed='${deed}']`)) button.hidden = !is;
    }
    for (const place of this.page.querySelectorAll("[data-unlock]")) {
      // Beside the code only what there is; on the page of this phone also what is missing.
      const brief = place.dataset.unlock === "brief" && !this.unlocked && this.passkeys === 0 && !this.faces;
      place.hidden = !this.known || brief;
      place.textContent = this.known ? this.standing : "";
    }
    if (this.unlocked) this.timer = setTimeout(() => this.draw(), (this.until - serverNow()) * 1000 + 100);
  }

  tell(message) {
    for (const place of this.page.querySelectorAll("[data-unlock-error]")) {
      place.textContent = message;
      place.hidden = !message;
    }
  }

  /** Whether the deed was done. While one is on its way a second tap does nothing. */
  async deed(doing) {
    if (this.busy) return false;
    this.busy = true;
    this.isCutOff = false;
    this.tell("");
    try {
      await doing();
      this.draw();
      return true;
    } catch (error) {
      this.isCutOff = isUnanswered(error);
      this.tell(this.words(error));
      return false;
    } finally {
      this.busy = false;
    }
  }

  words(error) {
    if (error instanceof NoNetwork) return text("no_network");
    if (error instanceof NotUnlocked) return text(error.code);
    if (error instanceof Refusal) return has(error.code) ? text(error.code) : text("unknown");
    console.error(error);
    return text("unknown");
  }

  create() {
    return this.deed(async () => {
      const told = await createPasskey(this.key());
      this.passkeys = told.passkeys;
    });
  }

  unlock() {
    return this.deed(async () => {
      const told = await unlock(this.key(), this.patience());
      this.until = told.unlocked_until;
      this.changed(this.until);
    });
  }

  lock() {
    return this.deed(async () => {
      await lock(this.key());
      this.until = 0;
      this.changed(this.until);
    });
  }
}
