// A signature drawn by hand: strokes of [x, y, t], x and y in units of a field of 600 × 200, t in milliseconds from the
// first touch. With the keyboard the pen is led by the arrow keys: what comes of it is drawn as well. A typed name is no
// signature, and nothing here makes one of it.
import { button, el } from "./parts.js";
import { text } from "./texts.js";

export const WIDE = 600;
export const HIGH = 200;
const STEP = 8;
const LEAST = 24; // units that the pen must have gone: a touch by mistake is none
const MOST = 3000; // points in all: the server takes no larger request
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** How far the pen went over the paper in all. */
export function length(strokes) {
  let far = 0;
  for (const stroke of strokes) {
    for (let at = 1; at < stroke.length; at += 1) far += Math.hypot(stroke[at][0] - stroke[at - 1][0], stroke[at][1] - stroke[at - 1][1]);
  }
  return far;
}

export class Signature {
  /** `changed()` after each stroke. */
  constructor(label, changed = () => undefined) {
    Object.assign(this, { strokes: [], stroke: null, pen: [60, 130], keyed: false, began: 0, changed });
    this.canvas = el("canvas", { class: "kiosk-signature", width: 2 * WIDE, height: 2 * HIGH, tabindex: "0", role: "application", "aria-label": label, "aria-describedby": "sign-how" });
    this.said = el("p", { class: "unseen", "aria-live": "polite" });
    const clear = button(text("sign_clear"), () => this.clear(true), { class: "btn kiosk-clear", "data-deed": "clear" });
    const how = el("p", { class: "form-hint", id: "sign-how" }, `${text("sign_hint")} `, el("span", { class: "kiosk-keys", text: text("sign_keys") }));
    this.whole = el("div", { class: "kiosk-sign-field" }, this.canvas, el("div", { class: "kiosk-sign-foot" }, how, clear), this.said);
    this.listen();
    requestAnimationFrame(() => this.draw()); // once it stands in the page, in its colours
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      event.preventDefault();
      canvas.setPointerCapture?.(event.pointerId);
      canvas.focus({ preventScroll: true });
      this.pointer = event.pointerId;
      this.down(this.at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer || !this.stroke) return;
      for (const one of event.getCoalescedEvents?.() ?? [event]) this.to(this.at(one));
      this.draw();
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => event.pointerId === this.pointer && this.up());
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.keyed && this.up());
  }

  at({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * WIDE, ((clientY - box.top) / box.height) * HIGH];
  }

  point([x, y]) {
    const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    const now = performance.now();
    this.began ||= now;
    return [within(x, WIDE), within(y, HIGH), Math.round(now - this.began)];
  }

  get points() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.length, this.stroke?.length ?? 0);
  }

  down(place) {
    this.stroke = [this.point(place)];
    this.draw();
  }

  to(place) {
    const next = this.point(place);
    const last = this.stroke.at(-1);
    if ((next[0] !== last[0] || next[1] !== last[1]) && this.points < MOST) this.stroke.push(next);
  }

  up() {
    if (this.stroke) this.strokes.push(this.stroke);
    Object.assign(this, { stroke: null, keyed: false, pointer: undefined });
    this.draw();
    this.changed();
  }

  key(event) {
    if (event.key === " ") {
      event.preventDefault();
      if (this.stroke) this.up();
      else {
        this.keyed = true;
        this.down(this.pen);
      }
      this.said.textContent = text(this.stroke ? "sign_down" : "sign_up");
      return;
    }
    const move = ARROWS[event.key];
    if (!move) return;
    event.preventDefault();
    const [x, y] = this.pen;
    this.pen = [Math.min(WIDE, Math.max(0, x + move[0])), Math.min(HIGH, Math.max(0, y + move[1]))];
    if (this.stroke && this.keyed) this.to(this.pen);
    this.shows = true;
    this.draw();
  }

  clear(told = false) {
    Object.assign(this, { strokes: [], stroke: null, keyed: false, began: 0, pen: [60, 130] });
    this.draw();
    if (told) {
      this.said.textContent = text("sign_cleared");
      this.changed();
      this.canvas.focus({ preventScroll: true });
    }
  }

  /** Whether somebody drew something. */
  get isSigned() {
    return length(this.strokes) >= LEAST;
  }

  draw() {
    const ink = this.canvas.getContext("2d");
    const style = getComputedStyle(this.canvas); // resolved colours: a canvas knows no light-dark()
    ink.setTransform(2, 0, 0, 2, 0, 0);
    ink.clearRect(0, 0, WIDE, HIGH);
    Object.assign(ink, { lineWidth: 1, strokeStyle: style.borderTopColor || "grey" });
    ink.beginPath();
    ink.moveTo(30, 150);
    ink.lineTo(WIDE - 30, 150);
    ink.stroke();
    Object.assign(ink, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: style.color || "black" });
    for (const stroke of [...this.strokes, this.stroke].filter(Boolean)) {
      ink.beginPath();
      ink.moveTo(stroke[0][0], stroke[0][1]);
      for (const [x, y] of stroke) ink.lineTo(x, y);
      ink.stroke();
    }
    if (this.shows) this.drawPen(ink, style);
  }

  drawPen(ink, style) {
    Object.assign(ink, { lineWidth: 2, strokeStyle: style.outlineColor || "blue" });
    ink.beginPath();
    ink.arc(this.pen[0], this.pen[1], this.stroke ? 4 : 8, 0, 2 * Math.PI);
    ink.stroke();
  }

  wipe() {
    this.clear();
    Object.assign(this.canvas, { width: 0, height: 0 });
  }
}
