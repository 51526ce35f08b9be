// One code, one event: numbered on the disk before it is sent, asked again under the same number, believed only
// when the server's signature covers this very event, and acted on only while the person still stands there.
import { fromBase64, sha256, utf8 } from "./bytes.js";
import { answerBytes } from "./protocol.js";
import { next } from "./next.js";
import { NoNetwork, NotOurs, Refusal, signed } from "./requests.js";
import * as store from "./store.js";
import { words } from "./texts.js";

const SCANS = "/api/v1/scans";
const OUTCOME = "/api/v1/scans/outcome";
const ACT_WITHIN_MS = 2000;
const ALONE_AFTER_MS = 300; // silent for so long, the server is not waited for by a reader that can decide alone
const MOST_SIGNS = 4096; // of what was read, as much as the server takes
const AGAIN_MS = 150;
const SAME_CODE_MS = 3000;
const OUTCOMES_MS = 5000;
const MOST_OUTCOMES = 500;

/** Silence, or what somebody else said in the server's place. */
const silentAs = (error) => (error instanceof NotOurs ? error : new NoNetwork());

/** Decided here, and not on the disk: nothing opens. */
class NotWritten extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Scans {
  /**
   * `number.told` goes with each event. `show(kind, text, reason)`: granted, refused, wait, checking. `askPin()`:
   * six digits, or "" for none. `alone` decides where the server is silent.
   */
  constructor(identity, verifyAnswer, { show, hide, askPin, language, number, alone }) {
    Object.assign(this, { identity, verifyAnswer, show, hide, askPin, language, number, alone });
    Object.assign(this, { busy: false, last: null, awaySince: null });
    this.settled = false; // whether our counter is known to agree with the server's
  }

  async start() {
    this.counter = (await store.get("counter")) ?? 0;
    this.outcomes = (await store.get("outcomes")) ?? [];
    setInterval(() => this.report(), OUTCOMES_MS);
  }

  /**
   * One look of the camera: a code, or null. The same code is one presentation for as long as it stays, and it
   * is away only once looks have missed it: a page that stalled for seconds has not seen it leave.
   */
  async seen(code) {
    const now = performance.now();
    if (code !== this.last) this.awaySince ??= now;
    if (!code) return;
    const back = this.awaySince !== null && now - this.awaySince >= SAME_CODE_MS;
    if (code === this.last) this.awaySince = null;
    if (code !== this.last || back) await this.present(code);
  }

  /** One presentation of a code, seen or typed. While one is being decided others wait their turn. */
  async present(code) {
    if (this.busy) return;
    const now = performance.now();
    this.busy = true;
    this.last = code;
    this.awaySince = null;
    this.soon();
    try {
      await this.decide(code.slice(0, MOST_SIGNS), now);
    } catch (error) {
      this.settled = false;
      this.last = null; // nothing was decided: the person may hold the same code there again
      this.failed(error);
    } finally {
      clearTimeout(this.waiting);
      this.busy = false;
    }
  }

  /** What takes longer is said to be under way. */
  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.show("checking"), 300);
  }

  failed(error) {
    if (error instanceof Refusal && error.status === 401) this.show("wait", "", "reader_unknown");
    else if (error instanceof NotWritten) this.show("wait", "", "not_written");
    else if (error instanceof NotOurs) this.show("wait", "", "bad_answer");
    else this.show("wait", "", error instanceof NoNetwork || error instanceof Refusal ? "no_answer" : "bad_answer");
  }

  async decide(code, begun) {
    await this.settle(begun);
    const counter = this.counter + 1;
    await store.put("counter", counter);
    this.counter = counter;
    let answer = await this.answered({ counter, code }, begun);
    if (answer.reason === "second_factor_required") {
      const pin = await this.typed();
      begun = performance.now();
      answer = await this.answered({ counter, code, pin }, begun);
      if (pin === "" && !answer.granted) return this.hide();
    }
    this.tellOf(answer, counter, begun);
  }

  /** The same event asked again with its PIN; with none it is written as it is, so that no number is left out. */
  async typed() {
    clearTimeout(this.waiting);
    this.hide();
    const pin = await this.askPin();
    this.soon();
    return pin;
  }

  /** The server's answer, or where it is silent one of our own, under the same number. */
  async answered(event, begun) {
    if (this.alone.cutOff) return this.decidedAlone(event);
    // Checking a PIN takes the server longer, and nobody else can: it is waited for.
    const within = this.alone.ready && event.pin === undefined ? ALONE_AFTER_MS : ACT_WITHIN_MS;
    try {
      const answer = await this.ask({ ...event, at_ms: Date.now(), ...this.number.told }, begun + within);
      await this.check(answer, event.counter, event.code);
      if (answer.granted) await this.alone.granted(event.code);
      return answer;
    } catch (error) {
      if (!(error instanceof NoNetwork) || !this.alone.ready) throw error;
      this.alone.network.cut();
      return this.decidedAlone(event);
    }
  }

  async decidedAlone(event) {
    try {
      const decided = await this.alone.decide(event);
      return { ...decided, text: words(decided.reason) };
    } catch {
      throw new NotWritten();
    }
  }

  tellOf(answer, counter, begun) {
    const late = performance.now() - begun > ACT_WITHIN_MS;
    if (answer.granted && late) this.show("wait", "", "too_late");
    else this.show(answer.granted ? "granted" : "refused", answer.text, answer.reason);
    if (answer.granted) this.note(counter, !late);
  }

  /**
   * After a failure the server says which number was last on record: none is skipped, none used twice. The journal has
   * numbers that the server does not know of yet. Without an answer the count goes on: a number may be left out.
   */
  async settle(begun) {
    if (this.settled || this.alone.cutOff) return;
    const within = this.alone.ready ? Math.max(1, begun + ALONE_AFTER_MS - performance.now()) : 1500;
    try {
      const { counter } = await next(this.identity, this.verifyAnswer, within);
      this.counter = Math.max(counter, this.alone.counter);
    } catch (error) {
      if (!(error instanceof NoNetwork) || !this.alone.ready) throw error;
      this.alone.network.cut();
      return;
    }
    await store.put("counter", this.counter);
    this.settled = true;
  }

  async ask(event, until) {
    let silence = new NoNetwork();
    for (;;) {
      const left = until - performance.now();
      if (left <= 0) throw silence;
      try {
        const headers = { "Accept-Language": this.language };
        return await signed(this.identity, "POST", SCANS, event, { headers, within: left });
      } catch (error) {
        const silent = error instanceof NoNetwork || (error instanceof Refusal && error.status >= 500);
        if (!silent && !(error instanceof Refusal && error.retry)) throw error;
        silence = silent ? silentAs(error) : error; // who refuses is there
        await pause(Math.min(AGAIN_MS, Math.max(0, until - performance.now())));
      }
    }
  }

  /** Throws NotOurs for what the company has not signed for this event. */
  async check(answer, counter, code) {
    try {
      if (await this.holds(answer, counter, code)) return;
    } catch {
      // Not even of the form of an answer: the same.
    }
    throw new NotOurs();
  }

  async holds(answer, counter, code) {
    const bytes = answerBytes({
      company: this.identity.company,
      reader: this.identity.reader,
      counter,
      accessPoint: answer.access_point,
      codeHash: await sha256(utf8(code)),
      granted: answer.granted === true,
      reason: answer.reason,
      pulseMs: answer.pulse_ms,
    });
    return answer.counter === counter && (await this.verifyAnswer(bytes, fromBase64(answer.sig)));
  }

  /** What the door did is told until the server has it; it never holds up the next person. */
  note(counter, opened) {
    this.outcomes = [...this.outcomes, { counter, opened }].slice(-MOST_OUTCOMES);
    store.put("outcomes", this.outcomes);
    this.report();
  }

  async report() {
    if (this.reporting || !this.alone.handIn.complete) return; // an event that the server has not heard of yet
    this.reporting = true;
    try {
      while (this.outcomes.length > 0) {
        await this.tell(this.outcomes[0]);
        this.outcomes = this.outcomes.slice(1);
        await store.put("outcomes", this.outcomes);
      }
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    } finally {
      this.reporting = false;
    }
  }

  async tell(outcome) {
    try {
      await signed(this.identity, "POST", OUTCOME, outcome);
    } catch (error) {
      // What the server will never take is not kept: it would hold up all that follow.
      if (!(error instanceof Refusal) || ![400, 422].includes(error.status)) throw error;
    }
  }
}
