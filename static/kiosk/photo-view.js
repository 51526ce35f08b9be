// A photograph for the badge: taken, looked at, used. What it is for is said before the camera is on, on the same screen.
import { takeJpeg } from "../face/capture.js";
import { NoCamera, play } from "./camera.js";
import { button, el } from "./parts.js";
import { text } from "./texts.js";

const COUNT = 3;
const BEAT_MS = 800;

/** A photograph: taken, looked at, used. `need`: "optional" or "required". The server's view after it. */
export function photo(turn, need, at) {
  return turn.screen((done) => new PhotoScreen(turn, need, at, done).open());
}

export class PhotoScreen {
  constructor(turn, need, at, done) {
    Object.assign(this, { turn, need, at, done, off: new AbortController(), jpeg: null, timer: 0 });
    this.video = el("video", { muted: true, playsinline: true, class: "mirrored", "aria-hidden": "true" });
    this.video.muted = true;
    this.still = el("img", { class: "mirrored", alt: text("photo_alt"), hidden: true });
    this.count = el("strong", { class: "kiosk-count", "aria-hidden": "true" });
    this.glass = el("div", { class: "kiosk-glass" }, this.video, this.still, this.count);
    this.said = el("p", { class: "kiosk-line", "aria-live": "polite", text: text("photo_ready") });
    this.take = button(text("photo_take"), () => this.begin(), { class: "btn btn-primary btn-large", "data-deed": "take" });
    this.again = button(text("photo_again"), () => this.anew(), { "data-deed": "again", hidden: true });
    this.use = button(text("photo_use"), () => this.send(), { class: "btn btn-primary btn-large", "data-deed": "go-on", hidden: true });
    this.skip = button(text(need === "required" ? "photo_reception" : "photo_skip"), () => this.without(), { "data-deed": "skip" });
  }

  open() {
    this.turn.stage.show({ name: "photo", title: text("photo_title"), lead: this.lead, body: this.look, deeds: this.deeds, ...this.at });
    this.start();
    return () => this.close();
  }

  /** On a screen that stands already: it becomes this one. */
  enter() {
    this.turn.stage.becomes(this.look, this.deeds, { name: "photo", title: text("photo_title"), lead: this.lead });
    this.start();
    return this;
  }

  get lead() {
    return text(this.need === "required" ? "photo_needed" : "photo_lead");
  }

  get look() {
    return [this.glass, this.said];
  }

  get deeds() {
    return [this.skip, this.again, this.take, this.use];
  }

  async start() {
    this.take.disabled = true;
    try {
      await play(this.video, this.off.signal);
      this.take.disabled = false;
      this.take.focus({ preventScroll: true });
    } catch (error) {
      if (this.off.signal.aborted) return;
      this.refused();
      if (!(error instanceof NoCamera)) throw error;
    }
  }

  /** No camera: it is said, and the way without is the one that goes on. */
  refused() {
    this.turn.stage.page.dataset.camera = "refused";
    this.glass.hidden = this.take.hidden = true;
    this.said.textContent = text("camera_refused");
    this.skip.className = "btn btn-primary btn-large";
    this.skip.focus();
  }

  begin() {
    this.take.disabled = true;
    this.tick(COUNT);
  }

  tick(left) {
    this.count.textContent = left || "";
    if (left) {
      this.turn.stage.say(String(left));
      this.timer = setTimeout(() => this.tick(left - 1), BEAT_MS);
    } else this.shoot();
  }

  shoot() {
    this.jpeg = takeJpeg(this.video);
    this.take.disabled = false;
    if (!this.jpeg) return this.turn.stage.error(text("camera_gone"));
    this.still.src = URL.createObjectURL(new Blob([this.jpeg], { type: "image/jpeg" }));
    this.shows(true);
    this.said.textContent = text("photo_taken");
    this.use.focus();
    return undefined;
  }

  shows(taken) {
    this.still.hidden = this.use.hidden = this.again.hidden = !taken;
    this.video.hidden = this.take.hidden = taken;
  }

  anew() {
    this.forget();
    this.shows(false);
    this.said.textContent = text("photo_ready");
    this.take.focus();
  }

  send() {
    return this.turn.tried(async () => this.done(await this.turn.step("photo", this.jpeg)));
  }

  without() {
    return this.turn.tried(async () => this.done(await this.turn.step("photo", { skip: true })));
  }

  forget() {
    if (this.still.src) URL.revokeObjectURL(this.still.src);
    this.still.removeAttribute("src");
    this.jpeg?.fill(0);
    this.jpeg = null;
  }

  close() {
    clearTimeout(this.timer);
    this.off.abort();
    this.forget();
    delete this.turn.stage.page.dataset.camera;
  }
}
