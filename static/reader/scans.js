// One code, one event: numbered on the disk before it is sent, asked again under the same number, believed only
// when the server's signature covers this very event, and acted on only while the person still stands there.
import { fromBase64, sha256, utf8 } from "./bytes.js";
import { answerBytes } from "./protocol.js";
import { next } from "./next.js";
import { NoNetwork, NotOurs, Refusal, signed } from "./requests.js";
import * as store from "./store.js";
import { text, words } from "./texts.js";

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

/** What the capture of a face begins with: where it comes with an answer, that one left no event yet. */
const faceOf = ({ reason, face }) => (reason === "face_required" && face ? face : null);

/** Decided here, and not on the disk: nothing opens. */
class NotWritten extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Scans {
  /**
   * `number.told` goes with each event. `show(kind, text, reason, way)`: granted, refused, wait, checking. `askPin()`:
   * six digits, or "" for none. `faces.take(begun)`: the session of a face, or "" for none. `alone` decides where the
   * server is silent.
   */
  constructor(identity, verifyAnswer, { show, hide, askPin, faces, language, number, alone }) {
    Object.assign(this, { identity, verifyAnswer, show, hide, askPin, faces, language, number, alone });
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
    const event = { counter, code };
    let answer = await this.answered({ ...event, ...this.face }, begun);
    if (answer.reason === "second_factor_required") {
      event.pin = await this.stepping(() => this.askPin());
      begun = performance.now();
      answer = await this.answered({ ...event, ...this.face }, begun);
      if (event.pin === "" && !answer.granted) return this.hide();
    }
    const asked = faceOf(answer);
    if (asked) [answer, begun] = await this.looked(event, asked);
    this.tellOf(answer, { counter, begun, way: answer.equal_way ?? asked?.equal_way });
  }

  /** Said with each code where a face could be taken. */
  get face() {
    return this.faces.ready ? { face: true } : {};
  }

  /**
   * The same event asked again with its PIN or its face; with none it is written as it is, so that no number is left
   * out. Meanwhile nothing is said to be under way.
   */
  async stepping(taken) {
    clearTimeout(this.waiting);
    this.hide();
    const told = await taken();
    this.soon();
    return told;
  }

  /** The answer once the face was taken, and since when it was waited for. */
  async looked(event, asked) {
    const face = await this.stepping(() => this.faces.take(asked));
    const begun = performance.now();
    const answer = await this.answered(face ? { ...event, face } : event, begun);
    // A session that the server does not know any more leaves no event either.
    return [faceOf(answer) ? await this.answered(event, begun) : answer, begun];
  }

  /** The server's answer, or where it is silent one of our own, under the same number. */
  async answered(event, begun) {
    if (this.alone.cutOff) return this.decidedAlone(event);
    // Checking a PIN or a face takes the server longer, and nobody else can: it is waited for.
    const waits = event.pin !== undefined || typeof event.face === "string" || (event.face && this.alone.asksFace);
    const within = this.alone.ready && !waits ? ALONE_AFTER_MS : ACT_WITHIN_MS;
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

  /** `way`: the way in without a face, where one was asked for; it is told with every refusal. */
  tellOf(answer, { counter, begun, way }) {
    const late = performance.now() - begun > ACT_WITHIN_MS;
    if (answer.granted && late) this.show("wait", "", "too_late");
    else if (answer.granted) this.show("granted", answer.text, answer.reason);
    else this.show("refused", way && answer.reason === "face_required" ? text("face_not_taken") : answer.text, answer.reason, way);
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
