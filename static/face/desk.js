// A face at a desk: the person has agreed, an operator attends, the camera looks. What comes of it the server says.
import { capture } from "./capture.js";

const ANSWER_MS = 5000;
const READ_MS = 900; // a line stands so long at least, unless the step changes
const QUIET = new Set(["", "face_busy", "face_late"]); // what the person can do nothing about
const CAMERA = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "taken", AbortError: "taken" };

/** An answer that was not what was asked for; `retry` as capture.js reads it. */
class Refusal extends Error {
  constructor({ code = "", text = "", retry = false }) {
    super(code);
    Object.assign(this, { code, text, retry: retry && code.startsWith("face_") });
  }
}

class Desk {
  constructor(page) {
    this.page = page;
    this.words = JSON.parse(document.getElementById("face-words").textContent);
    this.language = page.closest("[lang]").lang;
    this.token = page.querySelector("[name=csrfmiddlewaretoken]").value;
    this.video = page.querySelector("video");
    this.saidAt = -Infinity;
    this.part("start").addEventListener("click", () => this.go());
    this.part("start").disabled = false; // until here nobody would have heard a press
    this.part("stop").addEventListener("click", () => this.giveUp?.abort());
    window.addEventListener("pagehide", () => this.close());
  }

  part(name) {
    return this.page.querySelector(`[data-part='${name}']`);
  }

  /** Camera, session, three frames. Whatever ends it, the camera goes dark. */
  async go() {
    this.giveUp = new AbortController();
    this.wrong("");
    this.show(true);
    this.line(this.words.starting);
    try {
      await this.open();
      const begun = await this.post(this.page.dataset.sessions, "{}", "application/json");
      const { how, answer } = await capture(begun, {
        video: this.video,
        send: (body) => this.post(this.page.dataset.frames, body, "application/octet-stream"),
        told: (now) => this.tell(now),
        signal: this.giveUp.signal,
      });
      this.ended(how, answer);
    } catch (error) {
      this.wrong(error.text || this.words.gone);
    } finally {
      this.close();
    }
  }

  async open() {
    if (!navigator.mediaDevices) throw new Refusal({ text: this.words.refused });
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 } },
      });
    } catch (error) {
      throw new Refusal({ text: this.words[CAMERA[error?.name] ?? "missing"] });
    }
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  async post(address, body, type) {
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST",
        body,
        redirect: "manual",
        signal: AbortSignal.timeout(ANSWER_MS),
        headers: { "Content-Type": type, "X-CSRFToken": this.token, "Accept-Language": this.language },
      });
    } catch {
      throw new Refusal({ text: this.words.network });
    }
    // Signed out in another window, or another role by now: the console answers with a page.
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      const told = await answer.json().catch(() => ({ text: this.words.signed_out }));
      throw new Refusal(told);
    }
    const told = await answer.json().catch(() => ({ text: this.words.network }));
    if (!answer.ok) throw new Refusal(told);
    return told;
  }

  tell({ step, done, hint, text }) {
    [...this.part("dots").children].forEach((dot, place) => dot.toggleAttribute("data-done", place < done));
    this.page.querySelector(".desk-oval").toggleAttribute("data-good", !hint);
    const asked = step ? this.words[step.move] : "";
    this.say((!QUIET.has(hint) && text) || asked, step?.move);
  }

  say(words, move) {
    const now = performance.now();
    if (move === this.move && now - this.saidAt < READ_MS) return;
    if (words === this.part("line").textContent) return;
    Object.assign(this, { move, saidAt: now });
    this.line(words);
  }

  line(words) {
    this.part("line").textContent = words;
  }

  ended(how, answer) {
    if (how === "passed") return this.done();
    if (how === "failed") return this.wrong(answer.text);
    if (how === "late") return this.wrong(this.words.late);
    if (how === "camera") return this.wrong(this.words.gone);
    return undefined; // given up: the button is there again
  }

  done() {
    for (const name of ["before", "deeds"]) this.part(name).hidden = true;
    document.querySelector("[data-step='look']").removeAttribute("aria-current");
    document.querySelector("[data-step='done']").setAttribute("aria-current", "step");
    this.part("done").hidden = false;
    this.part("done").focus();
  }

  wrong(words) {
    this.part("wrong").textContent = words;
    this.part("wrong").hidden = !words;
  }

  /** While the camera looks there is nothing else to read. */
  show(looking) {
    this.part("before").hidden = looking;
    document.querySelector("[data-languages]").hidden = looking;
    this.part("camera").hidden = !looking;
    this.part("start").hidden = looking;
    this.part("stop").hidden = !looking;
  }

  /** Nothing of the person stays on the page. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    Object.assign(this, { stream: null, move: null, saidAt: -Infinity });
    this.video.srcObject = null;
    this.line("");
    const done = !this.part("done").hidden;
    this.show(false);
    this.part("before").hidden = done;
    document.querySelector("[data-languages]").hidden = done;
    this.part("start").querySelector("span").textContent = this.words.again;
  }
}

new Desk(document.querySelector("[data-face-desk]"));
