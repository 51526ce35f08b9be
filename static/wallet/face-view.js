// Your face: how the holder stands with faces, what is kept of one, and the way to enrol it.
import { phoneTime } from "./clock.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { has, lately, text } from "./texts.js";

const FACE = "/api/v1/wallet/face";

/** The one thing to say of a standing: the name of its texts. */
function named(standing) {
  if (!standing.open) return "face_not_open";
  if (!standing.consented) return "face_not_agreed";
  if (!standing.enrolled) return "face_not_enrolled";
  if (standing.reenrol_asked) return "face_asked_anew";
  if (standing.outdated) return "face_outdated";
  return standing.verified ? "face_confirmed" : "face_waits";
}

/** Why something about a face came to nothing, in the person's language. */
export function wordsOf(error) {
  if (error instanceof NoNetwork) return text("face_no_network");
  if (!(error instanceof Refusal)) {
    console.error(error);
    return text("unknown");
  }
  const minutes = Math.max(1, Math.ceil(error.wait / 60));
  return text(has(error.code) ? error.code : "unknown", { minutes });
}

export class FaceView {
  /** `key()`: this phone's record. `heard(standing)`: what the server last said of this holder's face. */
  constructor(page, { key, heard }) {
    this.view = page.querySelector("[data-view='face']");
    this.part = (name) => this.view.querySelector(`[data-face-${name}]`);
    Object.assign(this, { key, heard, standing: null });
  }

  /** Ask, and tell whom it concerns. Raises Refusal, NoNetwork. */
  async ask(within) {
    this.standing = await request(this.key(), "POST", FACE, {}, within);
    this.heard(this.standing);
  }

  /** The view is in sight; `said` is what was just done. */
  async begin(said = "") {
    this.say("said", said);
    this.say("error", "");
    this.say("state", text("loading"));
    this.say("words", "");
    this.offer();
    try {
      await this.ask();
      this.draw();
    } catch (error) {
      this.say("state", "");
      this.say("error", wordsOf(error));
      this.offer("face");
    }
  }

  say(name, words) {
    const place = this.part(name);
    place.textContent = words;
    place.hidden = !words;
  }

  /** Show these deeds alone. */
  offer(...deeds) {
    for (const button of this.view.querySelectorAll("[data-offered]")) {
      button.hidden = !deeds.includes(button.dataset.deed);
    }
    this.part("kept").hidden = deeds.length === 0 || deeds.includes("face");
  }

  draw() {
    const { open, consented, enrolled, enrolled_at: at, outdated, reenrol_asked: asked } = this.standing;
    const name = named(this.standing);
    this.view.dataset.stands = name;
    this.say("state", text(`${name}_state`, { time: enrolled ? lately(phoneTime(at)) : "" }));
    this.say("words", text(`${name}_words`));
    if (!open) return this.offer();
    if (!consented) return this.offer("face-notice");
    return this.offer(!enrolled || asked || outdated ? "face-take" : "face-anew", "face-consent");
  }
}
