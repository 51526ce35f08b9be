// Notices and the answers to them, one after the other on one screen; where a photo follows, the camera comes there too.
import { ASK_S, READ_S } from "./idle.js";
import { button, el, field } from "./parts.js";
import { PhotoScreen } from "./photo-view.js";
import { text } from "./texts.js";

/** SHA-256 of what a notice's title and words are on the screen, as 64 hexadecimal digits. */
async function hashOf(title, words) {
  const shown = new TextEncoder().encode(`${title.textContent}\n\n${words.textContent}`);
  const digest = await crypto.subtle.digest("SHA-256", shown);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Notice {
  /** `told`: the view's consent. `answered(view)`: the server has heard the answer. */
  constructor(turn, told, answered) {
    Object.assign(this, { turn, told, answered, record: crypto.randomUUID() });
    const { title, text: words, language, form } = told;
    this.title = el("h2", { class: "kiosk-notice-title", tabindex: "-1", dir: "auto", lang: language, text: title });
    this.words = el("p", { text: words });
    const box = el("div", { class: "kiosk-text", tabindex: "0", role: "region", "aria-label": title, dir: "auto", lang: language }, this.words);
    this.signed = form === "signature" ? field(text("consent_sign"), { maxlength: 200, autocapitalize: "words" }) : null;
    this.signed?.input.addEventListener("input", () => turn.stage.patient(this.signed.value ? ASK_S : READ_S));
    this.whole = el("section", { class: "kiosk-notice" }, this.title, box, this.signed?.whole);
  }

  /** The buttons that answer it. */
  get deeds() {
    const asks = this.told.act !== "acknowledge";
    const yes = button(text(asks ? "consent_agree" : "consent_read"), () => this.agree(yes), { class: "btn btn-primary btn-large", "data-deed": "go-on" });
    const no = asks ? button(text("consent_decline"), () => this.send({ declined: true }), { "data-deed": "decline" }) : null;
    return [no, yes].filter(Boolean);
  }

  async agree(pressed) {
    const { signed } = this;
    if (signed && !signed.value) {
      signed.error(text("signature_required"));
      signed.input.focus();
      return;
    }
    const sha256 = await hashOf(this.title, this.words);
    const { language } = this.told;
    await this.send({ record: this.record, language, sha256, pressed: pressed.textContent, signed_name: signed?.value ?? "" });
  }

  send(answer) {
    return this.turn.tried(async () => this.answered(await this.turn.step("consent", { purpose: this.told.purpose, ...answer })));
  }
}

/** All notices that are open: the server's view after the last answer, or after the photo that they led to. */
export function notices(turn, at) {
  return turn.screen((done) => {
    let photo = null;
    const answered = (view) => {
      if (view.consent) next(view.consent);
      else if (view.state === "steps" && view.step === "photo") photo = new PhotoScreen(turn, view.photo, at, done).enter();
      else done(view);
    };
    const next = (told) => {
      const notice = new Notice(turn, told, answered);
      turn.stage.becomes([notice.whole], notice.deeds);
      turn.stage.patient(READ_S);
      notice.title.focus({ preventScroll: true });
    };
    turn.stage.show({ name: "notice", title: text("consent_title"), patience: READ_S, ...at });
    const first = new Notice(turn, turn.view.consent, answered);
    turn.stage.becomes([first.whole], first.deeds);
    return () => photo?.close();
  });
}
