// Privacy: each notice that concerns the holder, what they said to it, and the way to say it or to take it back.
import { AsksView } from "./asks-view.js";
import { phoneTime } from "./clock.js";
import { utf8 } from "./keys.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { day, has, lately, spoken, text } from "./texts.js";

const NOTICES = "/api/v1/wallet/notices";
const CONSENTS = "/api/v1/wallet/consents";

/** SHA-256 of what a notice's title and words are on the screen, as 64 hexadecimal digits. */
async function hashOf(title, words) {
  const digest = await crypto.subtle.digest("SHA-256", utf8(`${title.textContent}\n\n${words.textContent}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class PrivacyView {
  /** `key()`: this phone's record. `answered(purpose)`: the holder said yes to it. */
  constructor(page, { key, answered }) {
    this.view = page.querySelector("[data-view='privacy']");
    this.list = this.view.querySelector("[data-privacy-list]");
    this.one = this.view.querySelector("[data-privacy-one]");
    this.said = this.view.querySelector("[data-privacy-said]");
    this.error = this.view.querySelector("[data-privacy-error]");
    Object.assign(this, { key, answered });
    this.asks = new AsksView(this.view, { key });
    this.busy = false;
    this.ids = new Map(); // what was sent and not answered: sent again, it is said once
  }

  /** `purpose`: the notice that one came for. */
  async begin(purpose = "") {
    this.say();
    this.list.replaceChildren();
    await this.tried(() => this.load());
    await this.asks.begin();
    this.list.querySelector(`[data-purpose="${purpose}"]`)?.scrollIntoView();
  }

  say(said = "", error = "") {
    for (const [place, words] of [[this.said, said], [this.error, error]]) {
      place.textContent = words;
      place.hidden = !words;
    }
  }

  async load() {
    const told = await request(this.key(), "GET", `${NOTICES}?language=${spoken()}`);
    this.list.replaceChildren(...told.notices.map((notice) => this.drawn(notice)));
    if (told.notices.length === 0) this.say(text("privacy_none"));
  }

  /** Do one thing at a time; what goes wrong is told, and what is shown is what the server has. */
  async tried(deed, done = "") {
    if (this.busy) return;
    this.busy = true;
    this.say();
    for (const button of this.list.querySelectorAll("button")) button.disabled = true;
    try {
      await deed();
      if (done) this.say(text(done));
    } catch (error) {
      await this.failed(error);
    } finally {
      this.busy = false;
      for (const button of this.list.querySelectorAll("button")) button.disabled = false;
    }
  }

  async failed(error) {
    if (error instanceof NoNetwork) return this.say("", text("no_network"));
    if (!(error instanceof Refusal)) throw error;
    // What is on the screen is no more what is in force: the new words, not yet answered.
    if (error.code === "notice_changed") await this.load().catch(() => undefined);
    return this.say("", has(error.code) ? text(error.code) : text("unknown"));
  }

  drawn(notice) {
    const card = this.one.content.cloneNode(true).firstElementChild;
    const part = (name) => card.querySelector(`[data-${name}]`);
    const { record, act } = notice;
    const stands = record !== null && record.ended_at === null;
    const gives = notice.open && !stands;
    card.dataset.purpose = notice.purpose;
    card.lang = notice.language;
    part("title").textContent = notice.title;
    part("words").textContent = notice.text;
    part("state").textContent = this.state(notice, stands);
    part("version").textContent = text("privacy_version", {
      number: notice.version,
      time: day(phoneTime(notice.published_at)),
    });
    part("shows").textContent = text("privacy_show");
    card.querySelector("details").open = gives;
    const withdraws = part("withdraws");
    withdraws.hidden = !(stands && act === "consent");
    withdraws.textContent = text("privacy_withdraw");
    withdraws.addEventListener("click", () => this.withdraw(record));
    part("signs").hidden = !(gives && act === "consent" && notice.form === "signature");
    part("sign-label").textContent = text("privacy_sign");
    part("sign-label").htmlFor = part("name").id = `name-${notice.purpose}`;
    part("gives").hidden = !gives;
    part("gives").textContent = text(act === "consent" ? "privacy_agree" : "privacy_read");
    part("gives").addEventListener("click", () => this.give(notice, part));
    for (const words of ["state", "version", "shows", "withdraws", "gives", "sign-label"]) {
      part(words).lang = spoken();
    }
    return card;
  }

  state({ record, act, open, asked }, stands) {
    if (stands) {
      return text(act === "consent" ? "privacy_agreed" : "privacy_was_read", {
        time: lately(phoneTime(record.given_at)),
      });
    }
    if (!open) return text("privacy_not_open");
    if (asked && record) return text("privacy_asked_again");
    if (act !== "consent") return text("privacy_unread");
    if (record?.ended_how !== "withdrawn") return text("privacy_not_agreed");
    return text("privacy_withdrawn", { time: lately(phoneTime(record.ended_at)) });
  }

  give(notice, part) {
    return this.tried(async () => {
      const sha256 = await hashOf(part("title"), part("words"));
      const name = `${notice.purpose} ${sha256}`;
      const id = this.ids.get(name) ?? crypto.randomUUID();
      this.ids.set(name, id);
      await request(this.key(), "POST", CONSENTS, {
        id,
        purpose: notice.purpose,
        language: notice.language,
        sha256,
        pressed: part("gives").textContent,
        signed_name: part("name").value.trim(),
      });
      this.ids.delete(name);
      await this.load();
      this.answered(notice.purpose);
    }, "privacy_noted");
  }

  withdraw({ id }) {
    return this.tried(async () => {
      await request(this.key(), "POST", `${CONSENTS}/${id}/withdraw`, {});
      await this.load();
    }, "privacy_ended");
  }
}
