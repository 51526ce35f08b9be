// One person's time at the kiosk. All that is known of them hangs on this object and goes with it.
import { NoNetwork, Refusal } from "./requests.js";
import { text, has } from "./texts.js";

/** This time is over: nothing that still runs for it may show anything. */
export class Over extends Error {}

const ARRIVALS = "kiosk/arrivals";

export class Turn {
  /** `ask(path, body, more)`: a signed request; `state`: what the kiosk knows; `stage`: where screens stand. */
  constructor({ ask, state, stage, language, offline = false }) {
    Object.assign(this, { ask, state, stage, language, offline, ending: new AbortController() });
    Object.assign(this, { id: "", view: null, pass: null, way: "", given: {}, documents: 0 });
  }

  get signal() {
    return this.ending.signal;
  }

  /** Whatever waits for this person waits for ever, and is forgotten; the server is told on the way. */
  end() {
    if (this.signal.aborted) return;
    this.ending.abort();
    if (this.id) this.ask(`${ARRIVALS}/${this.id}/end`, {}).catch(() => undefined);
    Object.assign(this, { view: null, pass: null, given: {} });
  }

  /** A screen that is settled by `done(answer)`. `make(done)` shows it, and may return what to do when it goes. */
  screen(make) {
    if (this.signal.aborted) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      let left = null;
      let open = true;
      const close = () => {
        open = false;
        left?.();
        left = null;
      };
      const done = (answer) => {
        if (!open || this.signal.aborted) return;
        close();
        resolve(answer);
      };
      this.signal.addEventListener("abort", () => {
        if (!open) return;
        close();
        reject(new Over());
      });
      left = make(done) ?? null;
      if (!open) close();
    });
  }

  /** What the server says to it; Over where nobody waits for it any more. */
  async sent(path, body, more) {
    const answer = await this.ask(path, body, more).catch((error) => {
      if (this.signal.aborted) throw new Over();
      throw error;
    });
    if (this.signal.aborted) throw new Over();
    return answer;
  }

  async begin(told) {
    const view = await this.sent(ARRIVALS, { language: this.language, ...told });
    this.id = view.id;
    return this.heard(view);
  }

  /** One step's answer; the view that comes of it. */
  async step(name, body, more) {
    return this.heard(await this.sent(`${ARRIVALS}/${this.id}/${name}`, body, more));
  }

  async look() {
    return this.heard(await this.sent(`${ARRIVALS}/${this.id}`, {}));
  }

  raw(name, body, more) {
    return this.sent(`${ARRIVALS}/${this.id}/${name}`, body, more);
  }

  heard(view) {
    if (!view || typeof view.state !== "string") return this.view;
    if (view.pass) this.pass = view.pass; // told once
    this.documents = Math.max(this.documents, view.documents?.length ?? 0);
    this.view = view;
    return view;
  }

  /** Do it while the screen says that it is done; what went wrong is said on it. Whether it went well. */
  async tried(deed) {
    if (this.stage.page.hasAttribute("data-busy")) return false;
    this.stage.error();
    this.stage.busy(true);
    try {
      await deed();
      return true;
    } catch (error) {
      if (error instanceof Over) return false;
      this.stage.error(wordsOf(error));
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
      return false;
    } finally {
      if (!this.signal.aborted) this.stage.busy(false);
    }
  }
}

export function wordsOf(error) {
  if (error instanceof NoNetwork) return text("no_network");
  if (error instanceof Refusal && has(error.code)) return text(error.code);
  return text("unknown");
}
