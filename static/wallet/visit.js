// A visitor's phone: bound by what stood in the address it was led to, theirs until the visit is over.
import { phoneTime } from "./clock.js";
import { guessName } from "./enrol-view.js";
import * as keys from "./keys.js";
import { isUnanswered, NoNetwork, Refusal, request } from "./requests.js";
import { day, has, moment, speak, text } from "./texts.js";

const BIND = "/api/v1/visits/bind";
const MINE = "/api/v1/visits/mine";
const LEAVE = "/api/v1/visits/leave";
const FRAGMENT = /^#(?:here|visit)=(.*)$/;
const MOST_TOKEN = 64;
const AWAITING_MS = 3000;
// What ends a visitor's phone is no fault: the visit is over.
const OVER = new Set(["device_revoked", "holder_offboarded", "credential_expired", "visit_not_open", "not_enrolled"]);
const SAID_AS = { key_already_enrolled: "visit_key_taken", malformed: "link_wrong" };

/** What the address binds this phone by, or nothing. It is read once: no history and no bookmark keeps it. */
function taken() {
  const found = FRAGMENT.exec(location.hash);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found?.[1].slice(0, MOST_TOKEN) ?? "";
}

async function handIn(record, token) {
  const told = { token, public_key: record.publicKey, label: guessName() };
  const answer = await request(record, "POST", BIND, told);
  Object.assign(record, { visit: true, language: answer.language });
  await keys.keep(record);
  speak(answer.language, ...navigator.languages);
  return record;
}

export class VisitView {
  /**
   * `show(name, parts)`: shows a view and returns it. `begin()`: as the page begins. `key()`: this phone's record.
   * `passes`: what it holds for doors. `later(milliseconds)`: look again then.
   */
  constructor(page, { show, begin, key, passes, later }) {
    Object.assign(this, { page, show, begin, key, passes, later, token: "", told: null, busy: false });
    window.addEventListener("hashchange", () => this.isLed());
  }

  /** Whether the page was led here to bind this phone; then it is bound, and the page begins anew. */
  async isLed() {
    const token = taken();
    if (token) await this.bind(token);
    return Boolean(token);
  }

  get deeds() {
    return {
      "visit-retry": () => this.bind(this.token),
      "visit-back": () => {
        this.token = "";
        return this.begin();
      },
      "visit-leave": () => this.show("leaving"),
      "visit-leave-yes": () => this.leave(),
    };
  }

  async bind(token) {
    this.token = token;
    this.show("loading");
    try {
      keys.askToPersist();
      await this.tried(token);
    } catch (error) {
      return this.failed(error);
    }
    return this.begin();
  }

  /** A key is enrolled once: that of an earlier visit has ended, and this one gets a key of its own. */
  async tried(token) {
    const kept = await keys.kept();
    const record = kept && (await keys.usable(kept)) ? kept : await keys.made();
    try {
      return await handIn(record, token);
    } catch (error) {
      if (error.code !== "key_revoked") throw error;
      await keys.forget();
      await this.passes.gone();
      return await handIn(await keys.made(), token);
    }
  }

  failed(error) {
    const view = this.show("unbound");
    const code = SAID_AS[error.code] ?? error.code;
    let name = has(code) ? code : "unknown";
    if (error instanceof NoNetwork) name = "no_network";
    else if (error instanceof keys.CannotKeep) name = "cannot_text";
    else if (!(error instanceof Refusal)) console.error(error);
    view.querySelector("[data-words]").textContent = text(name);
    view.querySelector("[data-deed='visit-retry']").hidden = error instanceof Refusal && !isUnanswered(error);
  }

  /** The visit as the server knows it, or as it was last told; null where there is none. */
  async ask() {
    try {
      this.told = await request(this.key(), "POST", MINE, {});
    } catch (error) {
      if (!isUnanswered(error)) this.told = null;
    }
    return this.told;
  }

  /** The phone awaits its confirmation: by the digits of a kiosk, or later, where it was bound at home. */
  async awaits() {
    const told = await this.ask();
    if (told?.digits) {
      const shown = this.page.querySelector("[data-digits]");
      if (this.page.dataset.shown !== "same" || shown.textContent !== told.digits) this.show("same");
      shown.textContent = told.digits;
    } else if (this.page.dataset.shown !== "prepared") {
      const time = told ? day(phoneTime(told.begins), told.time_zone) : "";
      this.show("prepared", { site: told?.site ?? "", time });
    }
    this.later(AWAITING_MS);
  }

  /** Beside the code: until when the visit lasts, and that one leaves. */
  async ready(view) {
    const place = view.querySelector("[data-visit]");
    place.hidden = !this.told;
    if (!this.key().visit) return;
    const told = await this.ask();
    place.hidden = !told;
    if (!told) return;
    const time = moment(phoneTime(told.until), told.time_zone);
    const under = told.visit_state === "on_site";
    place.querySelector("p").textContent = under
      ? text("visit_until", { time })
      : text("visit_next", { time: day(phoneTime(told.begins), told.time_zone) });
    place.querySelector("[data-deed]").hidden = !under;
  }

  /** Whether this refusal is a visitor's goodbye; then that is what is shown. */
  isOver(code) {
    if (!this.key()?.visit || !OVER.has(code)) return false;
    this.show("goodbye");
    return true;
  }

  async leave() {
    if (this.busy) return;
    this.busy = true;
    const error = this.page.querySelector("[data-leave-error]");
    error.hidden = true;
    try {
      await request(this.key(), "POST", LEAVE, {});
      await this.passes.gone();
      this.show("goodbye");
    } catch (fault) {
      if (this.isOver(fault.code)) return;
      error.textContent = text(fault instanceof NoNetwork ? "no_network" : "unknown");
      error.hidden = false;
    } finally {
      this.busy = false;
    }
  }
}
