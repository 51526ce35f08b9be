// The verdict: the whole screen in colour, sign and words, with a sound; gone after two seconds, later where there is a
// way in to be read.
const SHOWN_MS = 2000;
const WAY_MS = 6000;
const NOTES = {
  granted: [
    [660, 0, 0.12],
    [880, 0.13, 0.2],
  ],
  refused: [[196, 0, 0.35]],
  wait: [
    [330, 0, 0.09],
    [330, 0.14, 0.09],
  ],
};

export class Verdict {
  constructor(page, text) {
    this.page = page;
    this.text = text;
    this.words = page.querySelector("[data-words]");
    this.way = page.querySelector("[data-way]");
    this.audio = new AudioContext();
    // A browser lets a page sound only after it was touched once.
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.audio.resume());
  }

  get silent() {
    return this.audio.state !== "running";
  }

  /** `way`: the way in without a face, where one was asked for. */
  show(kind, words, reason, way = "") {
    clearTimeout(this.timer);
    this.page.dataset.kind = kind;
    this.page.dataset.reason = reason ?? "";
    this.words.textContent = words || this.text(kind === "checking" ? "checking" : reason);
    this.way.hidden = way === "";
    this.way.querySelector("[data-way-words]").textContent = way;
    this.page.hidden = false;
    this.sound(kind);
    const long = { checking: 3 * SHOWN_MS }[kind] ?? (way ? WAY_MS : SHOWN_MS);
    this.timer = setTimeout(() => this.hide(), long);
  }

  hide() {
    this.page.hidden = true;
    delete this.page.dataset.kind;
  }

  sound(kind) {
    if (this.silent) return;
    for (const [frequency, after, long] of NOTES[kind] ?? []) this.note(frequency, after, long);
  }

  note(frequency, after, long) {
    const from = this.audio.currentTime + after;
    const tone = this.audio.createOscillator();
    const volume = this.audio.createGain();
    tone.type = "triangle";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.4, from + 0.01);
    volume.gain.setValueAtTime(0.4, from + long - 0.03);
    volume.gain.linearRampToValueAtTime(0, from + long);
    tone.connect(volume).connect(this.audio.destination);
    tone.start(from);
    tone.stop(from + long);
  }
}
