// The camera: what happens is said and flashing light may be refused before it starts; then what to do, one line at a time.
import { capture, COLOURS } from "../face/capture.js";
import { mayBlank, stayAwake } from "./awake.js";
import { wordsOf } from "./face-view.js";
import { Refusal, request } from "./requests.js";
import { has, text } from "./texts.js";

const SESSIONS = "/api/v1/wallet/face/sessions";
const FRAMES = "/api/v1/wallet/face/frames";
const FRAME_MS = 4000;
const PICTURE_MS = 10_000; // until a camera that was allowed gives its first picture
const WARM_TRIES = 15; // so many seconds until the server can look at faces
// Of these refusals alone the server has counted nothing, and the same session goes on.
const NOT_NOW = new Set(["face_busy", "face_late", "server_unavailable"]);

/** The camera is not there, or was not allowed. */
class NoCamera extends Error {}

async function opened() {
  try {
    const wished = { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } };
    return await navigator.mediaDevices.getUserMedia({ video: wished, audio: false });
  } catch {
    throw new NoCamera();
  }
}

/** Play the stream; settled with its first picture. */
async function played(video, stream) {
  video.srcObject = stream;
  const shown = new Promise((resolve, reject) => {
    video.addEventListener("loadeddata", resolve, { once: true });
    setTimeout(reject, PICTURE_MS, new NoCamera());
  });
  await Promise.all([video.play(), shown]).catch(() => {
    throw new NoCamera();
  });
}

export class FaceCamera {
  /** `key()`: this phone's record. `passed(use, answer)`: it is done. */
  constructor(page, { key, passed }) {
    this.view = page.querySelector("[data-view='camera']");
    this.part = (name) => this.view.querySelector(`[data-camera-${name}]`);
    this.video = this.part("video");
    this.calm = this.part("calm");
    Object.assign(this, { key, passed, use: "enrol", giving: null });
    this.part("start").addEventListener("click", () => this.start());
    this.part("stop").addEventListener("click", () => this.stop());
  }

  /** Before the camera: `use` is "enrol" or "unlock". */
  begin(use) {
    this.use = use;
    this.part("title").textContent = text(`camera_${use}`);
    this.stands("before");
  }

  /** `state`: "before", "running", or "over" with why. */
  stands(state, why = "") {
    this.view.dataset.state = state;
    for (const part of this.view.querySelectorAll("[data-during]")) {
      part.hidden = !part.dataset.during.split(" ").includes(state);
    }
    this.part("why").textContent = why;
    this.part("start").textContent = text(state === "over" ? "camera_again" : "camera_start");
    if (state === "over") this.part("start").focus();
  }

  async start() {
    if (this.giving) return;
    const giving = new AbortController();
    this.giving = giving;
    this.stands("running");
    this.tell({ step: null, done: 0, of: 1, hint: "" });
    stayAwake();
    try {
      const ended = await this.taken(giving.signal);
      if (!giving.signal.aborted) await this.ended(ended);
    } catch (error) {
      if (!giving.signal.aborted) this.stands("over", error instanceof NoCamera ? text("camera_off") : wordsOf(error));
    } finally {
      if (this.giving === giving) this.giving = null;
    }
  }

  /** The camera is on for as long as this takes; the session begins when it shows a picture. */
  async taken(signal) {
    const stream = await opened();
    const off = () => {
      for (const track of stream.getTracks()) track.stop();
      this.video.srcObject = null;
      this.light("");
      mayBlank();
    };
    signal.addEventListener("abort", off);
    try {
      if (!signal.aborted) await played(this.video, stream);
      if (signal.aborted) return null;
      const begun = await this.begun(signal);
      if (signal.aborted) return null;
      const told = (how) => signal.aborted || this.tell(how);
      return await capture(begun, { video: this.video, send: (body) => this.send(body), told, signal });
    } finally {
      off();
    }
  }

  /** The session; a server that cannot look at faces yet is asked again. */
  async begun(signal) {
    for (let left = WARM_TRIES; ; left -= 1) {
      try {
        return await request(this.key(), "POST", SESSIONS, { use: this.use, flash: !this.calm.checked });
      } catch (error) {
        if (error.code !== "face_busy" || left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000 * (error.wait || 1)));
        if (signal.aborted) return null;
      }
    }
  }

  async send(body) {
    try {
      return await request(this.key(), "POST", FRAMES, body, FRAME_MS);
    } catch (error) {
      if (error instanceof Refusal) error.retry = NOT_NOW.has(error.code);
      throw error;
    }
  }

  /** What to do now: one line, how far it is, and the colour of the screen. */
  tell({ step, done, of, hint }) {
    const move = step?.move ?? "";
    const words = has(hint) ? text(hint) : text(move ? `move_${move}` : "loading");
    const line = this.part("line");
    if (line.textContent !== words) line.textContent = words; // else it would be read out with every frame
    this.part("oval").dataset.move = has(hint) ? "" : move;
    const progress = this.part("progress");
    Object.assign(progress, { max: of, value: done });
    progress.setAttribute("aria-label", text("camera_progress", { done: Math.min(done + 1, of), of }));
    this.light(step?.colour ?? "");
  }

  /** The whole screen in this colour; "" none. */
  light(colour) {
    this.view.dataset.light = colour;
    this.part("light").style.backgroundColor = COLOURS[colour] ?? "";
    this.part("light").hidden = !colour;
  }

  async ended({ how, answer }) {
    if (how === "passed") return this.passed(this.use, answer);
    const code = { failed: answer?.code, late: "camera_late", camera: "camera_gone" }[how];
    return this.stands("over", text(has(code) ? code : "liveness_failed"));
  }

  /** The person stopped, or another view is shown: the camera goes off at once. */
  stop() {
    if (!this.giving) return;
    this.giving.abort();
    this.giving = null;
    this.stands("before");
  }
}
