// The number that the door shows where its area asks for one: phones sign it, so that their proof is good here and now.
import { qrPicture } from "../js/qr.js";
import { next } from "./next.js";
import { NoNetwork, Refusal } from "./requests.js";
import * as store from "./store.js";

const ASK_MS = 30_000;
const ANSWER_MS = 5000;
const TURN_MS = 30_000;
const LOWEST = 1000; // four digits, none of them a zero that somebody leaves out
const COUNT = 9000;

function drawn() {
  const most = 2 ** 32 - (2 ** 32 % COUNT); // above it some numbers would come more often
  const [value] = crypto.getRandomValues(new Uint32Array(1));
  return value < most ? LOWEST + (value % COUNT) : drawn();
}

export class DoorNumber {
  constructor(identity, verifyAnswer, place) {
    Object.assign(this, { identity, verifyAnswer, place, digits: place.querySelector("[data-digits]"), picture: place.querySelector("[data-picture]"), asked: false, numbers: [] });
  }

  async start() {
    await this.learn((await store.get("shows-number")) === true);
    this.ask();
    setInterval(() => this.ask(), ASK_MS);
    setInterval(() => this.turn(), TURN_MS);
  }

  /** Ask whether the door shows a number. Without an answer it goes on as it was. */
  async ask() {
    try {
      const { challenge } = await next(this.identity, this.verifyAnswer, ANSWER_MS);
      await this.learn(challenge);
    } catch (error) {
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
    }
  }

  async learn(asked) {
    if (asked === this.asked) return;
    this.asked = asked;
    this.numbers = [];
    this.turn();
    await store.put("shows-number", asked);
  }

  turn() {
    const [current] = this.numbers;
    let next = drawn();
    while (next === current) next = drawn();
    if (this.asked) this.numbers = [next, current].filter(Boolean);
    this.digits.textContent = this.asked ? String(next) : "";
    // For phones that read it by themselves; the digits are for those that do not.
    this.picture.replaceChildren(...(this.asked ? [qrPicture(String(next), 1).picture] : []));
    this.place.hidden = !this.asked;
  }

  /** What goes with a scan: the number shown and the one before it. */
  get told() {
    return this.asked ? { challenges: this.numbers } : {};
  }
}
