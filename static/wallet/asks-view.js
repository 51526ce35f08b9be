// What one asks the company about one's data: sent once, however often it is pressed, and how it stands.
import { phoneTime } from "./clock.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { day, has, lately, spoken, text } from "./texts.js";

const REQUESTS = "/api/v1/wallet/requests";
const KINDS = ["access", "portability", "rectification", "erasure", "restriction", "objection", "withdrawal"];
const ANSWERED_BY_FILE = new Set(["access", "portability"]);

export class AsksView {
  /** `view`: the page's Privacy. `key()`: this phone's record. */
  constructor(view, { key }) {
    this.part = (name) => view.querySelector(`[data-asks-${name}]`);
    this.key = key;
    this.company = document.getElementById("wallet").dataset.company;
    this.busy = false;
    this.waiting = undefined; // what was sent and not answered: sent again, it is asked once
    this.part("deed").addEventListener("click", () => this.ask());
  }

  async begin() {
    this.say();
    this.part("list").replaceChildren();
    this.part("kind").replaceChildren(...KINDS.map((kind) => new Option(text(`asks_${kind}`), kind)));
    await this.tried(() => this.load());
  }

  say(said = "", error = "") {
    for (const [name, words] of [["said", said], ["error", error]]) {
      this.part(name).textContent = words;
      this.part(name).hidden = !words;
    }
  }

  async load() {
    const told = await request(this.key(), "GET", REQUESTS);
    this.part("list").replaceChildren(...told.requests.map((one) => this.drawn(one)));
  }

  async tried(deed, done = "") {
    if (this.busy) return;
    this.busy = true;
    this.say();
    this.part("deed").disabled = true;
    try {
      await deed();
      if (done) this.say(text(done));
    } catch (error) {
      if (error instanceof NoNetwork) this.say("", text("no_network"));
      else if (error instanceof Refusal) this.say("", has(error.code) ? text(error.code) : text("unknown"));
      else throw error;
    } finally {
      this.busy = false;
      this.part("deed").disabled = false;
    }
  }

  ask() {
    const kind = this.part("kind").value;
    const message = this.part("message").value.trim();
    return this.tried(async () => {
      const same = this.waiting?.kind === kind && this.waiting.message === message;
      this.waiting = same ? this.waiting : { id: crypto.randomUUID(), kind, message, language: spoken() };
      await request(this.key(), "POST", REQUESTS, this.waiting);
      this.waiting = undefined;
      this.part("message").value = "";
      this.part("new").open = false;
      await this.load();
    }, "asks_sent");
  }

  drawn(one) {
    const card = this.part("one").content.cloneNode(true).firstElementChild;
    const part = (name) => card.querySelector(`[data-${name}]`);
    card.dataset.request = one.number;
    part("name").textContent = text("asks_name", { number: one.number, kind: text(`asks_${one.kind}`) });
    part("state").textContent = text(`asks_state_${one.state.toLowerCase()}`, { company: this.company });
    part("due").hidden = one.answered_at !== null || one.closed_at !== null || one.answer_by === null;
    part("due").textContent = text("asks_due", {
      received: lately(phoneTime(one.received_at)),
      due: day(phoneTime(one.answer_by ?? 0)),
    });
    const shows = part("shows");
    shows.hidden = !(ANSWERED_BY_FILE.has(one.kind) && one.answered_at !== null);
    shows.textContent = text("asks_show");
    shows.addEventListener("click", () => this.answer(one, part));
    return card;
  }

  /** The link and its words, which no mail has; shown until one leaves. */
  answer(one, part) {
    return this.tried(async () => {
      let told;
      try {
        told = await request(this.key(), "GET", `${REQUESTS}/${one.id}/answer`);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== "no_answer") throw error;
        return this.say("", text("asks_none"));
      }
      part("how").textContent = text("asks_how");
      part("phrase").textContent = told.passphrase;
      part("link").textContent = text("asks_link");
      part("link").href = told.address;
      part("answer").hidden = false;
      part("shows").hidden = true;
    });
  }
}
