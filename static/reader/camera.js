// The camera: a few pictures a second, looked through for a code.
import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/reader/index.js";

const WASM = new URL("../vendor/zxing-wasm/reader/", import.meta.url);
const WIDEST = 960;
const REST_MS = 60;
const RETRY_MS = 3000;
const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: false };

prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, WASM).href } });

export class Camera {
  /** `seen(text)` for each look, null where no code was in it; `tell(state)`: on, refused, none. */
  constructor(video, { seen, tell, facing = "user" }) {
    Object.assign(this, { video, seen, tell, facing });
    this.rests = false; // while something else needs the camera
    this.decodes = null; // whether the decoder answers, once it was asked
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    document.addEventListener("visibilitychange", () => document.hidden || this.stream?.active || this.start());
  }

  async start() {
    clearTimeout(this.timer);
    this.stop();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: this.facing, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (error) {
      this.tell(error?.name === "NotAllowedError" ? "refused" : "none");
      this.timer = setTimeout(() => this.start(), RETRY_MS);
      return;
    }
    this.stream.getVideoTracks()[0].addEventListener("ended", () => this.start());
    this.video.classList.toggle("mirrored", this.facing === "user");
    if (!this.rests) await this.play();
    this.tell("on");
    this.looking ??= this.look();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  async play() {
    this.video.srcObject = this.stream;
    await this.video.play().catch(() => {});
  }

  /** Nothing is looked for, and no look counts. A second picture of a camera, out of sight, may bring it to a standstill. */
  rest() {
    this.rests = true;
    this.video.srcObject = null;
    this.canvas.width = 0;
  }

  wake() {
    this.rests = false;
    return this.play();
  }

  turn() {
    this.facing = this.facing === "user" ? "environment" : "user";
    return this.start();
  }

  async look() {
    for (;;) {
      const begun = performance.now();
      if (!this.rests) this.seen(this.stream ? await this.read().catch(() => null) : null);
      // As long a rest as the look took: a slow tablet stays cool and answers to fingers.
      const took = performance.now() - begun;
      await new Promise((resolve) => setTimeout(resolve, Math.max(REST_MS, took)));
    }
  }

  async read() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height) return null;
    const scale = Math.min(1, WIDEST / width);
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.context.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    const picture = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    this.decodes ??= false;
    const [found] = await readBarcodes(picture, OPTIONS);
    this.decodes = true;
    return found?.isValid ? found.text : null;
  }
}
