// Faces in the wallet: from which view one comes to them, and where one goes on.
import { FaceCamera } from "./face-camera.js";
import { FaceView } from "./face-view.js";
import { NoNetwork, Refusal } from "./requests.js";
import { text } from "./texts.js";

export class Faces {
  /**
   * `show(view)`, `look()`, `showCode()`: the wallet's. `privacy(back)`: the notices; `back()` is where one came from.
   * `phoneView`: what is unlocked. `key()`: this phone's record.
   */
  constructor(page, { key, show, look, showCode, privacy, phoneView }) {
    Object.assign(this, { page, show, look, showCode, privacy, phoneView, from: "" });
    this.view = new FaceView(page, { key, heard: (standing) => this.heard(standing) });
    this.camera = new FaceCamera(page, { key, passed: (use, answer) => this.passed(use, answer) });
  }

  /** The deeds of the wallet's buttons. */
  get deeds() {
    return {
      face: () => this.open(),
      "face-notice": () => this.privacy(() => this.open()),
      "face-consent": () => this.privacy(() => this.open()),
      "face-take": () => this.take("enrol"),
      "face-anew": () => this.take("enrol"),
      "face-unlock": () => this.take("unlock"),
      "camera-back": () => this.back(),
    };
  }

  heard({ open, unlock }) {
    for (const button of this.page.querySelectorAll("[data-faces]")) button.hidden = !open;
    this.phoneView.face(unlock);
  }

  /** Ask how faces stand, and say nothing. Whatever is wrong is said where a face is used. */
  async ask() {
    try {
      await this.view.ask();
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    }
  }

  open(said) {
    this.show("face");
    return this.view.begin(said);
  }

  take(use) {
    this.from = this.page.dataset.shown;
    this.show("camera");
    this.camera.begin(use);
  }

  passed(use, answer) {
    if (use === "enrol") return this.open(text("face_taken_in"));
    this.phoneView.opened(answer.unlocked_until);
    return this.from === "locked" ? this.showCode() : this.back();
  }

  back() {
    if (this.from === "face") return this.open();
    if (this.from === "ready") return this.look();
    return this.show(this.from);
  }

  /** Another view is shown. */
  left() {
    this.camera.stop();
  }
}
