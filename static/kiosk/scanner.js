// A code held before the kiosk's camera, or read by a scanner that types. The decoder is loaded with the first picture.
import { Wedge } from "../reader/wedge.js";
import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/reader/index.js";
import { NoCamera, play } from "./camera.js";
import { button, el, line } from "./parts.js";
import { text } from "./texts.js";

const WASM = new URL("../vendor/zxing-wasm/reader/", import.meta.url);
const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: false };
const WIDEST = 960;
const REST_MS = 120;

let wedged = null; // one listener for the page: whoever is shown takes what is typed
let listens = false;

prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, WASM).href } });

function listen() {
  if (listens) return;
  listens = true;
  new Wedge((digits) => wedged?.(digits));
}

async function read(video, canvas) {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) return null;
  const scale = Math.min(1, WIDEST / width);
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const ink = canvas.getContext("2d", { willReadFrequently: true });
  ink.drawImage(video, 0, 0, canvas.width, canvas.height);
  const [found] = await readBarcodes(ink.getImageData(0, 0, canvas.width, canvas.height), OPTIONS);
  return found?.isValid ? found.text : null;
}

export class Scanner {
  /** `seen(text)`: whether that was one. */
  constructor(turn, seen) {
    Object.assign(this, { turn, seen, looking: null });
    this.video = el("video", { muted: true, playsinline: true, "aria-hidden": "true", class: "mirrored" });
    this.video.muted = true;
    this.glass = el("div", { class: "kiosk-glass", hidden: true }, this.video);
    this.said = line("", { class: "form-hint", "aria-live": "polite" });
    this.deed = button(text("scan_deed"), () => (this.looking ? this.stop() : this.start()), { class: "btn btn-large", "data-deed": "scan" });
    this.whole = el("div", { class: "kiosk-scanner" }, this.glass, this.said, this.deed);
    listen();
    wedged = (digits) => this.seen(digits);
    turn.signal.addEventListener("abort", () => this.close());
  }

  async start() {
    const looking = new AbortController();
    this.looking = looking;
    this.deed.textContent = text("scan_stop");
    this.said.textContent = text("scan_lead");
    this.glass.hidden = false;
    try {
      await play(this.video, looking.signal);
      await this.look(looking.signal);
    } catch (error) {
      if (this.looking !== looking) return;
      this.stop();
      this.said.textContent = text("camera_refused");
      if (!(error instanceof NoCamera)) throw error;
    }
  }

  async look(signal) {
    const canvas = document.createElement("canvas");
    while (!signal.aborted) {
      const found = await read(this.video, canvas);
      if (signal.aborted) break;
      if (found && this.seen(found)) return this.stop();
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
    canvas.width = 0;
    return undefined;
  }

  stop() {
    this.looking?.abort();
    this.looking = null;
    this.glass.hidden = true;
    this.said.textContent = "";
    this.deed.textContent = text("scan_deed");
  }

  /** The screen goes: nothing is read any more, typed or seen. */
  close() {
    wedged = null;
    this.stop();
  }
}
