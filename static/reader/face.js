// A face at the door: the whole screen while it is taken. What comes of it is the server's to say, of the same event.
import { COLOURS, capture } from "../face/capture.js";
import { hintText, stepText } from "../face/words.js";
import { signed } from "./requests.js";

const FRAMES = "/api/v1/scans/frames";
const ANSWER_MS = 2000; // the server itself takes no frame that comes 1.2 s after the last
const READ_MS = 700; // a line stands so long at least, unless the step changes
const SMALLEST = 240; // pixels: in a smaller picture no face is large enough

export class FaceView {
  /** `camera()`: the page's, or null. */
  constructor(page, { identity, camera }) {
    Object.assign(this, { page, identity, camera });
    const part = (name) => page.querySelector(`[data-${name}]`);
    Object.assign(this, { line: part("line"), steps: part("steps"), way: part("way"), video: page.querySelector("video") });
    part("deed='other-way'").addEventListener("click", () => this.giveUp?.abort());
    page.addEventListener("keydown", (event) => event.key === "Escape" && this.giveUp?.abort());
  }

  /** Whether a face could be taken: said to the server with every code. */
  get ready() {
    const { stream, video } = this.camera() ?? {};
    return Boolean(stream?.active) && Math.min(video.videoWidth, video.videoHeight) >= SMALLEST;
  }

  /** The session's uuid once the server has ended it, or "" for none: given up, no camera, no time, no answer. */
  async take(begun) {
    const camera = this.camera();
    this.giveUp = new AbortController();
    try {
      camera.rest();
      this.open(camera, begun.equal_way);
      const { how } = await capture(begun, {
        video: this.video,
        send: (body) => this.send(body),
        told: (now) => this.tell(now),
        signal: this.giveUp.signal,
      });
      return ["passed", "failed"].includes(how) ? begun.session : "";
    } catch {
      return ""; // no answer, or none that can be read: asking for the verdict says which
    } finally {
      this.close();
      camera.wake();
    }
  }

  send(body) {
    const headers = { "Accept-Language": document.documentElement.lang };
    return signed(this.identity, "POST", FRAMES, body, { headers, within: ANSWER_MS });
  }

  open({ stream, facing }, way) {
    this.way.hidden = !way;
    this.way.querySelector("[data-way-words]").textContent = way ?? "";
    Object.assign(this, { move: null, saidAt: -Infinity });
    this.page.hidden = false;
    this.page.focus({ preventScroll: true }); // not the button: the Enter of a scanner must not press it
    this.video.classList.toggle("mirrored", facing === "user");
    this.video.srcObject = stream;
    this.video.play().catch(() => {}); // without a picture nothing is taken
  }

  /** Nothing of the person stays on the page. */
  close() {
    this.giveUp = null;
    this.page.hidden = true;
    this.video.srcObject = null;
    this.paint(null);
    this.line.textContent = "";
  }

  tell({ step, done, of, hint }) {
    this.paint(step);
    this.steps.textContent = "●".repeat(done) + "○".repeat(Math.max(0, of - done));
    this.steps.setAttribute("aria-label", `${done} / ${of}`);
    const asked = step ? stepText(step.move) : "";
    this.say(hintText(hint) || asked, step?.move);
  }

  say(words, move) {
    const now = performance.now();
    if (move === this.move && now - this.saidAt < READ_MS) return;
    if (move === this.move && words === this.line.textContent) return;
    Object.assign(this, { move, saidAt: now });
    this.line.textContent = words;
  }

  paint(step) {
    const colour = step?.move === "flash" ? COLOURS[step.colour] : undefined;
    this.page.style.backgroundColor = colour ?? "";
    this.page.toggleAttribute("data-flash", colour !== undefined);
  }
}
