// After admission: how one gets through doors, the phone with the same two digits, and the end with pass and badge.
import { qrText } from "../js/qr.js";
import { print } from "./badge.js";
import { READ_S, WAIT_S } from "./idle.js";
import { button, choice, el, own, sign, SIGNS } from "./parts.js";
import { NoNetwork } from "./requests.js";
import { moment, text } from "./texts.js";
import { Over } from "./turn.js";

const POLL_MS = 2000;
const CLEAR_S = 30;

/** Ask every two seconds until `settled(view)`; what does not answer is asked again. Ends with the screen. */
export function polled(turn, settled) {
  let timer = 0;
  let goes = true;
  const ask = async () => {
    try {
      const view = await turn.look();
      if (goes && settled(view)) return;
    } catch (error) {
      if (error instanceof Over) return;
      if (!(error instanceof NoNetwork) && !error.retry) return void (goes && turn.stage.error(text("unknown")));
    }
    if (goes) timer = setTimeout(ask, POLL_MS);
  };
  timer = setTimeout(ask, POLL_MS);
  return () => {
    goes = false;
    clearTimeout(timer);
  };
}

/** Until the host or reception has admitted: the view that says so. */
export function waiting(turn, at) {
  return turn.screen((done) => {
    const host = turn.view.host ?? (turn.view.flow === "walk_in" ? turn.given.host_name : null);
    turn.stage.show({
      name: "waiting",
      title: text("wait_title"),
      sign: sign(SIGNS.wait),
      lead: text("wait_lead"),
      body: [host ? named("wait_host", "host", host) : el("p", { class: "kiosk-line", text: text("wait_told") })],
      patience: WAIT_S,
      ...at,
    });
    return polled(turn, (view) => {
      if (view.state === "waiting") return false;
      done(view);
      return true;
    });
  });
}

/** A sentence with what somebody is called in it, whatever script that is in. */
function named(key, part, name, tag = "p") {
  const [before, after] = text(key, { [part]: "\u0000" }).split("\u0000");
  return el(tag, { class: "kiosk-line" }, before, own(name, "bdi"), after);
}

/** One of the ways that are open. Where there is one only, it is taken without asking. */
export async function way(turn, at) {
  const { ways } = turn.view;
  const chosen = (one) => {
    turn.way = one;
    return turn.step("way", { way: one });
  };
  if (ways.length === 1) return chosen(ways[0]);
  return turn.screen((done) => {
    const take = (one) => turn.tried(async () => done(await chosen(one)));
    const body = el("div", { class: "kiosk-choices" }, ...ways.map((one) => choice(text(`way_${one}`), text(`way_${one}_more`), () => take(one), { "data-choice": one })));
    turn.stage.show({ name: "way", title: text("way_title"), lead: text("way_lead"), body: [body], ...at });
  });
}

/** The phone: a picture to scan, then the same two digits on both screens. Null: another way is wished. */
export function phone(turn, at) {
  return turn.screen((done) => new PhoneScreen(turn, at, done).open());
}

class PhoneScreen {
  constructor(turn, at, done) {
    Object.assign(this, { turn, at, done, timer: 0, halt: null, closed: false });
    this.picture = el("div", { class: "picture kiosk-picture", role: "img", "aria-label": text("phone_alt") });
    this.said = el("p", { class: "kiosk-line", "aria-live": "polite", text: text("phone_waits") });
    this.other = turn.view.ways.length > 1 ? button(text("way_other"), () => done(null), { "data-deed": "other" }) : null;
  }

  open() {
    this.scan();
    return () => {
      this.closed = true;
      clearTimeout(this.timer);
      this.halt?.();
      this.picture.replaceChildren();
    };
  }

  scan(words = text("phone_waits")) {
    this.said.textContent = words;
    this.turn.stage.show({
      name: "phone",
      title: text("phone_title"),
      lead: text("phone_lead"),
      body: [this.picture, this.said],
      deeds: [this.other].filter(Boolean),
      ...this.at,
    });
    this.draw();
    this.halt = polled(this.turn, (view) => this.heard(view));
  }

  /** A picture lives for two minutes: the next one comes before it ends. */
  async draw() {
    clearTimeout(this.timer);
    try {
      const { address, seconds } = await this.turn.raw("phone", {});
      if (this.closed || this.turn.view.phone) return;
      this.picture.replaceChildren(qrText(address));
      this.timer = setTimeout(() => this.draw(), Math.max(5, seconds - 10) * 1000);
    } catch (error) {
      if (this.closed || error instanceof Over) return;
      this.turn.stage.error(text("no_network"));
      this.timer = setTimeout(() => this.draw(), 5000);
    }
  }

  heard(view) {
    if (view.state !== "steps" || view.step !== "phone") {
      this.done(view);
      return true;
    }
    if (!view.phone) return false;
    this.compare(view.phone);
    return true;
  }

  compare({ digits }) {
    clearTimeout(this.timer);
    this.picture.replaceChildren();
    const answer = (same) =>
      this.turn.tried(async () => {
        const view = await this.turn.step("phone/same", { same });
        if (same) this.done(view);
        else this.scan(text("phone_again"));
      });
    this.turn.stage.show({
      name: "digits",
      title: text("phone_same_title"),
      lead: text("phone_same_lead"),
      body: [el("p", { class: "kiosk-digits", "aria-label": [...digits].join(" "), text: digits })],
      deeds: [
        button(text("phone_differs"), () => answer(false), { "data-deed": "differs" }),
        button(text("phone_same"), () => answer(true), { class: "btn btn-primary btn-large", "data-deed": "same" }),
      ],
      ...this.at,
    });
  }
}

/** The end: what was given, the badge. It clears itself, says so, and can be told to wait. */
export function done(turn) {
  return turn.screen((over) => {
    const { view, pass } = turn;
    const body = [
      view.host ? named("done_host", "host", view.host) : null,
      turn.way === "phone" ? el("p", { class: "kiosk-line", text: text("done_phone") }) : null,
      pass ? pin(pass) : null,
      turn.way === "escort" ? el("p", { class: "kiosk-line", text: text("done_escort") }) : null,
      view.until ? el("p", { class: "kiosk-line", text: text("done_until", { time: moment(view.until) }) }) : null,
      badge(turn),
      el("p", { class: "kiosk-line soft", text: text("done_leave") }),
    ].filter(Boolean);
    const halt = ending(turn, { name: "done", title: view.name ? "done_named" : "done_title", named: view.name, body }, over);
    return halt;
  });
}

/** A screen that ends a time: it counts down where everybody sees it, and can be left longer. */
export function ending(turn, { name, title, named: called = "", lead = "", body = [], picture = SIGNS.open }, over) {
  let left = CLEAR_S;
  const said = el("p", { class: "kiosk-clears" });
  const tell = () => {
    said.textContent = text("clears", { seconds: left });
  };
  const timer = setInterval(() => {
    left -= 1;
    if (left <= 0) over();
    else tell();
  }, 1000);
  const longer = () => {
    left = CLEAR_S;
    tell();
  };
  tell();
  turn.stage.show({
    name,
    title: text(title, { name: called, host: called }),
    lead,
    sign: sign(picture),
    body: [...body, said],
    deeds: [
      button(text("longer"), longer, { "data-deed": "longer" }),
      button(text("finish"), over, { class: "btn btn-primary btn-large", "data-deed": "go-on" }),
    ],
    helps: false,
    patience: READ_S, // it clears itself before anybody is asked
  });
  return () => clearInterval(timer);
}

function pin({ pin: digits }) {
  return el(
    "div",
    { class: "kiosk-pin" },
    el("p", { class: "kiosk-pin-name", text: text("done_pin") }),
    el("p", { class: "kiosk-digits", "aria-label": [...digits].join(" "), text: digits }),
    el("p", { text: text("done_pin_lead") }),
  );
}

/** The badge, or the pass: printed here where a printer stands, given at reception where none does. */
function badge(turn) {
  const said = el("p", { class: "kiosk-line", "aria-live": "polite" });
  if (!turn.view.badge) {
    const given = turn.pass || turn.state.types.some((type) => type.badge !== "none");
    said.textContent = text(turn.pass ? "pass_reception" : "badge_reception");
    return given ? said : null;
  }
  said.textContent = text("badge_prints");
  turn
    .raw("badge", {}, { within: 15_000 })
    .then((pdf) => print(pdf, turn.signal))
    .then(() => {
      said.textContent = text("badge_takes");
    })
    .catch((error) => {
      if (!(error instanceof Over)) said.textContent = text("badge_failed");
    });
  return said;
}
