// Before the server knows of anybody: home, the code, name and day, whom one visits, who one is.
import { button, choice, el, field, sign, SIGNS } from "./parts.js";
import { NoNetwork } from "./requests.js";
import { Scanner } from "./scanner.js";
import { text } from "./texts.js";
import { wordsOf } from "./turn.js";

const SIGNS_OF_CODE = 8;
const LONGEST = 200;
const ROOM = 3 * LONGEST; // what is too long is said, not cut off
const LEAST_TERM = 3;
const LOOK_MS = 250;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
export const BACK = Symbol("back");

/** The signs of a typed code; O, I and L are read as the digits that they look like. */
export function typedCode(words) {
  return words.toUpperCase().replace(/[\s\u2010\u2011\u2013-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
}

const isCode = (code) => code.length === SIGNS_OF_CODE && /^[0-9A-Z]+$/.test(code);

/** What somebody came for. `offer`: names of the choices. */
export function home(stage, { offer, title, chosen }) {
  const body = el(
    "div",
    { class: "kiosk-choices" },
    ...offer.map((name) => {
      const one = choice(text(`home_${name}`), text(`home_${name}_more`), () => chosen(name), { "data-choice": name });
      one.prepend(sign(SIGNS[name]));
      return one;
    }),
  );
  stage.show({ name: "home", title, lead: text("home_lead"), body: [body], home: true });
}

/** A form's screen: Enter goes on as the button does. */
function form(fields, submit) {
  const made = el("form", { novalidate: true, autocomplete: "off" }, ...fields, el("input", { type: "submit", hidden: true, value: "" }));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  return made;
}

function goOn(press, words = text("go_on")) {
  return button(words, press, { class: "btn btn-primary btn-large", "data-deed": "go-on" });
}

/** The code of the mail, typed or before the camera; `begin(code)` asks the server. Null: there is none. */
export function code(turn, begin, at) {
  return turn.screen((done) => {
    const typed = field(text("code_label"), { class: "form-control code", maxlength: 12, autocapitalize: "characters", enterkeyhint: "go", dir: "ltr" }, text("code_hint"));
    const submit = async (given = typed.value) => {
      const found = typedCode(given);
      if (!isCode(found)) {
        typed.error(text("code_short"));
        typed.input.focus();
        return;
      }
      let view = null;
      const went = await turn.tried(async () => {
        view = await begin(found);
      });
      if (went) done(view);
      else typed.input.select();
    };
    const scanner = new Scanner(turn, (seen) => {
      const found = typedCode(seen);
      if (!isCode(found)) return false;
      typed.input.value = found;
      submit(found);
      return true;
    });
    turn.stage.show({
      name: "code",
      title: text("code_title"),
      lead: text(turn.offline ? "code_offline_lead" : "code_lead"),
      body: [form([typed.whole], () => submit()), scanner.whole],
      deeds: [button(text("code_none"), () => done(null), { "data-deed": "no-code" }), goOn(() => submit())],
      ...at,
    });
    return () => scanner.close();
  });
}

/** Name and day, where there is no code. It shows nothing until somebody admits. */
export function appointment(turn, begin, at) {
  return turn.screen((done) => {
    const name = field(text("name_label"), { maxlength: ROOM, autocapitalize: "words" });
    const day = field(text("date_label"), { type: "date", dir: "ltr", value: today() });
    const submit = async () => {
      if (!name.value) return missing(name, "name_missing");
      if (!day.value) return missing(day, "date_missing");
      let view = null;
      const went = await turn.tried(async () => {
        view = await begin(name.value, day.value);
      });
      if (went) done(view);
      return undefined;
    };
    turn.stage.show({
      name: "appointment",
      title: text("appointment_title"),
      lead: text("appointment_lead"),
      body: [form([name.whole, day.whole], submit)],
      deeds: [button(text("back"), () => done(BACK)), goOn(submit)],
      ...at,
    });
  });
}

function today() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function missing(one, key) {
  one.error(text(key));
  one.input.focus();
}

/** Somebody of the company: the first letters, then one of five. `lost(term)`: there is no network to look by. */
export class HostField {
  constructor(turn, label, lost) {
    Object.assign(this, { turn, lost, host: null, timer: 0, asked: 0 });
    this.field = field(label, { maxlength: ROOM, autocapitalize: "words", role: "combobox", "aria-expanded": "false", "aria-controls": "hosts" });
    this.list = el("ul", { id: "hosts", class: "kiosk-hosts", role: "listbox", "aria-label": label });
    this.said = el("p", { class: "form-hint", "aria-live": "polite" });
    this.whole = el("div", {}, this.field.whole, this.list, this.said);
    this.field.input.addEventListener("input", () => this.typed());
    this.field.input.addEventListener("keydown", (event) => this.key(event));
    turn.signal.addEventListener("abort", () => this.clear());
  }

  clear() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.host = null;
    this.list.replaceChildren();
    this.field.input.value = "";
  }

  typed() {
    this.host = null;
    clearTimeout(this.timer);
    const term = this.field.value;
    if (term.length < LEAST_TERM) return this.show(null);
    this.timer = setTimeout(() => this.look(term), LOOK_MS);
    return undefined;
  }

  async look(term) {
    const asked = (this.asked += 1);
    try {
      const { hosts } = await this.turn.sent("kiosk/hosts", { term });
      if (asked === this.asked) this.show(hosts);
    } catch (error) {
      if (asked !== this.asked || this.turn.signal.aborted) return;
      if (error instanceof NoNetwork && this.lost) this.lost(term);
      else this.field.error(wordsOf(error));
    }
  }

  show(hosts) {
    this.list.replaceChildren(...(hosts ?? []).map((host) => this.option(host)));
    this.field.input.setAttribute("aria-expanded", String(Boolean(hosts?.length)));
    if (!hosts) this.said.textContent = "";
    else this.said.textContent = hosts.length ? text("host_found", { count: hosts.length }) : text("host_none");
  }

  option(host) {
    const made = el("li", { role: "option", tabindex: "0", dir: "auto", "aria-selected": "false", text: host.name });
    made.addEventListener("click", () => this.choose(host, made));
    made.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.choose(host, made);
      } else this.move(event, made);
    });
    return made;
  }

  key(event) {
    if (event.key === "ArrowDown" && this.list.firstElementChild) {
      event.preventDefault();
      this.list.firstElementChild.focus();
    }
  }

  move(event, from) {
    const to = { ArrowDown: from.nextElementSibling, ArrowUp: from.previousElementSibling ?? this.field.input }[event.key];
    if (!to) return;
    event.preventDefault();
    to.focus();
  }

  choose(host, made) {
    this.host = host;
    this.field.input.value = host.name;
    this.field.error();
    for (const one of this.list.children) one.setAttribute("aria-selected", String(one === made));
  }

  /** The chosen one; a name typed in full that only one bears counts as chosen. Null says so on the field. */
  value() {
    if (!this.host) {
      this.field.error(text("host_unknown"));
      this.field.input.focus();
    }
    return this.host;
  }
}

/** Kinds of visit as large buttons, one of them pressed. */
function kinds(types, given) {
  if (types.length < 2) return { whole: null, value: () => types[0]?.id, picked: () => types[0]?.id };
  let picked = given;
  const row = el("div", { class: "kiosk-kinds" });
  for (const type of types) {
    const one = button(type.name, () => pick(type.id), { dir: "auto", "aria-pressed": String(type.id === picked), "data-type": type.id });
    row.append(one);
  }
  const wrong = el("p", { class: "form-error", role: "alert", hidden: true });
  const whole = el("fieldset", { class: "kiosk-field" }, el("legend", { class: "form-label", text: text("type_label") }), row, wrong);
  function pick(id) {
    picked = id;
    wrong.hidden = true;
    for (const one of row.children) one.setAttribute("aria-pressed", String(one.dataset.type === id));
  }
  const value = () => {
    if (picked) return picked;
    wrong.textContent = text("type_missing");
    wrong.hidden = false;
    row.firstElementChild.focus();
    return null;
  };
  return { whole, value, picked: () => picked };
}

/**
 * Whom one visits, and what for where the company has several kinds: {host, type}; without network {host_name, type}.
 * Null: the network went meanwhile, and `turn.given` has what was typed.
 */
export function whom(turn, at) {
  const types = turn.state.types.filter((type) => type.walk_in);
  return turn.screen((done) => {
    const asked = kinds(types, turn.given.type);
    const free = turn.offline;
    const lost = (term) => {
      turn.given = { ...turn.given, type: asked.picked(), host_typed: term };
      done(null);
    };
    const host = free ? null : new HostField(turn, text("host_label"), lost);
    const named = free ? field(text("host_label"), { maxlength: ROOM, value: turn.given.host_name ?? turn.given.host_typed ?? "" }) : null;
    const submit = () => {
      const type = asked.value();
      if (!type && types.length) return; // without network and with a code there may be none to choose
      if (free && !named.value) missing(named, "host_missing");
      else if (free) done({ type, host_name: named.value });
      else if (host.value()) done({ type, host: host.value() });
    };
    turn.stage.show({
      name: "whom",
      title: text("host_title"),
      lead: text(free ? "host_free_lead" : "host_lead"),
      body: [form([asked.whole, free ? named.whole : host.whole].filter(Boolean), submit)],
      deeds: [goOn(submit)],
      ...at,
    });
  });
}

/** Who one is: {name, email, firm}. `needs`: which of them; `given`: what is known. `send(answer)` may ask the server. */
export function details(turn, { given = {}, back = false, send = async () => undefined }, at) {
  return turn.screen((done) => {
    const name = field(text("name_label"), { maxlength: ROOM, autocapitalize: "words", value: given.name ?? "" });
    const firm = field(`${text("firm_label")} (${text("optional")})`, { maxlength: ROOM, autocapitalize: "words", value: given.firm ?? "" });
    const mail = field(`${text("email_label")} (${text("optional")})`, { maxlength: 254, inputmode: "email", dir: "ltr", value: given.email ?? "" });
    const submit = async () => {
      if (!name.value) return missing(name, "name_missing");
      if ([...name.value].length > LONGEST) return missing(name, "name_long");
      if (mail.value && !MAIL.test(mail.value)) return missing(mail, "email_wrong");
      const answer = { name: name.value, email: mail.value, firm: firm.value };
      let view;
      const went = await turn.tried(async () => {
        view = await send(answer);
      });
      if (went) done(view ?? answer);
      return undefined;
    };
    turn.stage.show({
      name: "details",
      title: text("details_title"),
      lead: text("details_lead"),
      body: [form([name.whole, firm.whole, mail.whole], submit)],
      deeds: [back ? button(text("back"), () => done(BACK)) : null, goOn(submit)].filter(Boolean),
      ...at,
    });
  });
}
