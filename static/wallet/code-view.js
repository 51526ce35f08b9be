// The code: drawn, counted down, renewed by itself for as long as it is looked at. Live, or pass + proof.
import { mayBlank, stayAwake } from "./awake.js";
import { phoneTime } from "./clock.js";
import { draw, wipe } from "./picture.js";
import { NoNetwork, Refusal } from "./requests.js";
import { clock, moment, text } from "./texts.js";

const TICK_MS = 250;
const RENEW_SECONDS = 2; // before the end: the way to the server and back
const REST_SECONDS = 5; // between two codes of one phone
const SOON_SECONDS = 5;
const MOST_MISSES = 5;
const PASSING = new Set(["too_soon", "profile_stale", "server_unavailable", "request_replayed", "clock_skew"]);

export class CodeView {
  constructor(page, { ask, refused, hide, over }) {
    this.view = page.querySelector("[data-view='code']");
    this.picture = this.view.querySelector("[data-picture]");
    this.ring = this.view.querySelector("[data-ring]");
    this.until = this.view.querySelector("[data-until]");
    this.renews = this.view.querySelector("[data-renews]");
    this.again = this.view.querySelector("[data-deed='new']");
    this.card = this.view.querySelector("[data-card]");
    this.kind = this.view.querySelector("[data-kind-text]");
    this.once = this.view.querySelector("[data-once]");
    Object.assign(this, { ask, refused, hide, over, running: false, code: null, asking: false });
    this.again.addEventListener("click", () => this.renew());
    this.view.querySelector("[data-deed='hide']").addEventListener("click", () => this.hide());
    window.addEventListener("resize", () => this.code && draw(this.picture, this.code.code));
  }

  /** `challenge` is the number that a door shows; 0: none. */
  start(company, challenge = 0) {
    this.company = company;
    this.challenge = challenge;
    this.again.hidden = challenge > 0;
    this.running = true;
    this.nextTry = this.misses = 0;
    stayAwake();
    this.clear();
    this.renew();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop() {
    this.running = false;
    clearInterval(this.timer);
    mayBlank();
    this.clear();
  }

  clear() {
    this.code = null;
    wipe(this.picture);
    this.card.removeAttribute("aria-label");
    this.card.dataset.state = "waiting";
    this.until.textContent = this.kind.textContent = this.once.textContent = "";
    this.renews.textContent = text("code_renewing");
    this.again.disabled = true;
    this.empty(1);
  }

  async renew() {
    if (this.asking) return;
    this.asking = true;
    this.again.disabled = true;
    try {
      const code = await this.ask(this.challenge);
      if (this.running) this.took(code);
    } catch (error) {
      if (this.running) this.missed(error);
    } finally {
      this.asking = false;
    }
  }

  took(code) {
    // By the phone's monotonic clock from here on: setting its clock moves no code.
    const now = performance.now() / 1000;
    this.code = code;
    this.from = now;
    this.ends = now + (code.expires - code.server_now);
    this.nextTry = this.misses = 0;
    this.card.dataset.state = "shown";
    this.card.setAttribute("aria-label", text("code_alt", { company: this.company }));
    draw(this.picture, code.code);
    this.says(code);
    this.tick();
  }

  says(code) {
    const live = code.kind === "live";
    this.card.dataset.kind = code.kind;
    this.kind.textContent = text(live ? "code_kind" : "pass_kind");
    const number = String(code.challenge ?? 0).padStart(4, "0");
    this.once.textContent = code.challenge ? text("code_number", { number }) : text("code_once");
    this.until.textContent = live
      ? text("code_until", { time: clock(phoneTime(code.expires)) })
      : text("pass_reaches", { time: moment(phoneTime(code.reaches)) });
  }

  missed(error) {
    const passing = error instanceof Refusal && PASSING.has(error.code);
    const shown = this.code !== null && performance.now() / 1000 < this.ends;
    this.misses += 1;
    if ((passing && this.misses <= MOST_MISSES) || (shown && error instanceof NoNetwork)) {
      this.nextTry = performance.now() / 1000 + (error.wait || 1);
      return;
    }
    this.refused(error);
  }

  tick() {
    const now = performance.now() / 1000;
    if (!this.code) {
      if (now >= this.nextTry) this.renew();
      return;
    }
    const left = this.ends - now;
    if (left <= 0) {
      this.clear();
      if (this.challenge) this.over();
      else this.renew();
      return;
    }
    this.empty(left / this.code.life);
    this.card.dataset.soon = String(left <= SOON_SECONDS);
    this.renews.textContent = text(this.challenge ? "code_ends" : "code_renews", { seconds: Math.ceil(left) });
    if (this.challenge) return;
    const rested = now - this.from >= REST_SECONDS;
    this.again.disabled = !rested || this.asking;
    if (left <= RENEW_SECONDS && rested && now >= this.nextTry) this.renew();
  }

  empty(share) {
    this.ring.style.strokeDashoffset = String(1 - Math.min(1, Math.max(0, share)));
  }
}
