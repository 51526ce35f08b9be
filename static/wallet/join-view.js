// A new phone in the same person's name: this one, which is confirmed, is asked whether it may join.
import { phoneTime } from "./clock.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { has, lately, text } from "./texts.js";

const PHONES = "/api/v1/wallet/phones";
// Somebody else answered for it meanwhile, or this phone itself may answer no more: the page looks anew.
const OVER = new Set(["phone_not_waiting", "no_such_phone", "device_revoked", "device_awaiting", "not_enrolled"]);

export class JoinView {
  /** `answered(asked, confirmed)`: the server took the answer. `over()`: there is nothing to answer any more. */
  constructor(page, { key, answered, over }) {
    this.notice = page.querySelector("[data-join]");
    this.words = this.notice.querySelector("[data-join-text]");
    this.error = this.notice.querySelector("[data-join-error]");
    this.deeds = [...this.notice.querySelectorAll("[data-deed]")];
    Object.assign(this, { key, answered, over, asked: null, busy: false });
  }

  /** Ask about this phone of {handle, label, enrolled_at}, or about none. */
  ask(phone) {
    this.asked = phone ?? null;
    this.notice.hidden = this.asked === null;
    this.tell("");
    if (!this.asked) return;
    const label = phone.label || text("a_phone");
    this.words.textContent = text("join_text", { label, time: lately(phoneTime(phone.enrolled_at)) });
  }

  tell(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
  }

  hold(is) {
    this.busy = is;
    for (const deed of this.deeds) deed.disabled = is;
  }

  /** `deed` is "confirm" or "refuse". A second tap while one is on its way does nothing. */
  async answer(deed) {
    const asked = this.asked;
    if (this.busy || !asked) return;
    this.hold(true);
    this.tell("");
    try {
      await request(this.key(), "POST", `${PHONES}/${asked.handle}/${deed}`);
      await this.answered(asked, deed === "confirm");
    } catch (error) {
      this.missed(error);
    } finally {
      this.hold(false);
    }
  }

  missed(error) {
    if (error instanceof NoNetwork) return this.tell(text("no_network"));
    if (!(error instanceof Refusal)) console.error(error);
    else if (OVER.has(error.code)) return this.over();
    return this.tell(text(has(error.code) ? error.code : "unknown"));
  }
}
