// A face as a key, where the type of visit offers it: what the person does is told line by line; nothing is kept here.
import { capture, COLOURS } from "../face/capture.js";
import { NoCamera, play } from "./camera.js";
import { ASK_S, READ_S } from "./idle.js";
import { button, el } from "./parts.js";
import { Refusal } from "./requests.js";
import { has, text } from "./texts.js";
import { wordsOf } from "./turn.js";

const FRAME_MS = 4000;
const WARM_TRIES = 15; // so many seconds until the server can look at faces
// Of these refusals alone the server has counted nothing, and the same session goes on.
const NOT_NOW = new Set(["face_busy", "face_late", "server_unavailable"]);

/** The server's view after the face was taken in, or was left out. */
export function face(turn, at) {
  return turn.screen((done) => new FaceScreen(turn, at, done).open());
}

class FaceScreen {
  constructor(turn, at, done) {
    Object.assign(this, { turn, at, done, giving: null });
    this.video = el("video", { muted: true, playsinline: true, class: "mirrored", "aria-hidden": "true" });
    this.video.muted = true;
    this.glass = el("div", { class: "kiosk-glass kiosk-glass-face", hidden: true }, this.video);
    this.light = el("div", { class: "kiosk-light", hidden: true });
    this.said = el("p", { class: "kiosk-line", "aria-live": "polite", text: text("face_how") });
    this.bar = el("progress", { class: "kiosk-progress", max: 1, value: 0, hidden: true, "aria-label": text("face_title") });
    this.calm = el("input", { type: "checkbox", class: "form-check-input", id: "face-calm", autocomplete: "off" });
    this.choice = el("label", { class: "form-check kiosk-check", for: "face-calm" }, this.calm, el("span", { text: text("face_calm") }));
    this.skip = button(text("face_skip"), () => this.without(), { "data-deed": "skip" });
    this.start = button(text("face_start"), () => this.go(), { class: "btn btn-primary btn-large", "data-deed": "go-on" });
    this.stop = button(text("face_stop"), () => this.rest(), { "data-deed": "stop", hidden: true });
  }

  open() {
    this.turn.stage.show({ name: "face", title: text("face_title"), lead: text("face_lead"), body: this.look, deeds: this.deeds, ...this.at });
    return () => this.giving?.abort();
  }

  get look() {
    return [this.light, this.glass, this.said, this.bar, this.choice];
  }

  get deeds() {
    return [this.skip, this.stop, this.start];
  }

  runs(is) {
    this.glass.hidden = this.bar.hidden = this.stop.hidden = !is;
    this.start.hidden = this.choice.hidden = is;
    this.turn.stage.patient(is ? READ_S : ASK_S); // nobody touches anything meanwhile
    if (is) this.stop.focus({ preventScroll: true });
  }

  rest(words = text("face_how")) {
    this.giving?.abort();
    this.giving = null;
    this.shine("");
    this.runs(false);
    this.said.textContent = words;
    this.start.textContent = text("try_again");
    this.start.focus({ preventScroll: true });
  }

  async go() {
    if (this.giving) return;
    const giving = new AbortController();
    this.giving = giving;
    this.turn.stage.error();
    this.runs(true);
    this.said.textContent = text("loading");
    try {
      await play(this.video, giving.signal);
      const begun = await this.begun(giving.signal);
      if (giving.signal.aborted) return;
      const told = (how) => giving.signal.aborted || this.tell(how);
      const ended = await capture(begun, { video: this.video, send: (body) => this.send(body), told, signal: giving.signal });
      if (!giving.signal.aborted) await this.ended(ended);
    } catch (error) {
      if (giving.signal.aborted || this.turn.signal.aborted) return;
      this.rest(error instanceof NoCamera ? text("camera_refused") : wordsOf(error));
      if (error instanceof NoCamera) this.refused();
    }
  }

  refused() {
    this.turn.stage.page.dataset.camera = "refused";
    this.start.hidden = true;
    this.skip.className = "btn btn-primary btn-large";
    this.skip.focus();
  }

  /** The session; a server that cannot look at faces yet is asked again. */
  async begun(signal) {
    for (let left = WARM_TRIES; ; left -= 1) {
      try {
        return await this.turn.raw("face/sessions", { flash: !this.calm.checked });
      } catch (error) {
        if (error.code !== "face_busy" || left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        if (signal.aborted) return null;
      }
    }
  }

  async send(body) {
    try {
      return await this.turn.raw("face/frames", body, { within: FRAME_MS });
    } catch (error) {
      if (error instanceof Refusal) error.retry = NOT_NOW.has(error.code);
      throw error;
    }
  }

  tell({ step, done, of, hint }) {
    const words = has(hint) ? text(hint) : text(step?.move && has(`move_${step.move}`) ? `move_${step.move}` : "loading");
    if (this.said.textContent !== words) this.said.textContent = words; // else it would be read out with every frame
    Object.assign(this.bar, { max: of, value: done });
    this.shine(step?.colour ?? "");
  }

  shine(colour) {
    this.light.style.backgroundColor = COLOURS[colour] ?? "";
    this.light.hidden = !colour;
  }

  async ended({ how, answer }) {
    if (how === "passed") {
      this.shine("");
      this.giving?.abort();
      return this.done(await this.turn.look());
    }
    const code = { failed: answer?.code, late: "face_late", camera: "camera_gone" }[how];
    return this.rest(text(code && has(code) ? code : "liveness_failed"));
  }

  without() {
    this.giving?.abort();
    return this.turn.tried(async () => this.done(await this.turn.step("face/skip", {})));
  }
}
