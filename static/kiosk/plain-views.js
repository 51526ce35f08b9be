// What needs no visit: leaving, a delivery, help, and the words at the end of each.
import { HostField, typedCode } from "./entry-views.js";
import { button, el, field, sign, SIGNS } from "./parts.js";
import { Scanner } from "./scanner.js";
import { text } from "./texts.js";
import { ending } from "./way-views.js";

const CODE = /^(?=.*\d)[0-9A-Z]{8}$/; // a name of eight letters is a name
const PASS = /^\d{100,}$/;

/** What was typed or scanned, as the server is told: a pass's digits, a code, or a name. */
export function leaver(given) {
  const words = given.trim();
  if (PASS.test(words)) return { pass: words };
  const code = typedCode(words);
  // O, I and L became digits in it: whether a digit was typed is asked of what was typed.
  return CODE.test(code) && /\d/.test(words) ? { code } : { name: words };
}

/** Sign out: {outcome}. A name shows nothing: reception is told. */
export function leaving(turn) {
  return turn.screen((done) => {
    const typed = field(text("leaving_label"), { maxlength: 600, autocapitalize: "words", enterkeyhint: "go" });
    const submit = async (given = typed.value) => {
      if (!given) {
        typed.error(text("leaving_missing"));
        typed.input.focus();
        return;
      }
      let answer = null;
      const went = await turn.tried(async () => {
        answer = await turn.sent("kiosk/leaving", { ...leaver(given), language: turn.language });
      });
      if (went) done(answer);
    };
    const scanner = new Scanner(turn, (seen) => {
      submit(seen);
      return true;
    });
    const form = el("form", { novalidate: true, autocomplete: "off" }, typed.whole);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    turn.stage.show({
      name: "leaving",
      title: text("leaving_title"),
      lead: text(turn.offline ? "left_offline" : "leaving_lead"),
      body: [form, scanner.whole],
      deeds: [button(text("leaving_deed"), () => submit(), { class: "btn btn-primary btn-large", "data-deed": "go-on" })],
    });
    return () => scanner.close();
  });
}

export function left(turn, { outcome }) {
  const told = outcome !== "signed_out";
  return turn.screen((over) =>
    ending(turn, {
      name: "left",
      title: told ? "left_told_title" : "left_title",
      lead: text(told ? "left_told_lead" : "left_lead"),
      picture: told ? SIGNS.ask : SIGNS.leaving,
    }, over),
  );
}

/** Whom a delivery is for: the person, who is told; null where nobody knows. */
export function delivery(turn) {
  return turn.screen((done) => {
    const host = new HostField(turn, text("host_label"));
    const submit = async () => {
      const chosen = host.value();
      if (!chosen) return;
      const went = await turn.tried(() => turn.sent("kiosk/deliveries", { host: chosen.id, language: turn.language }));
      if (went) done(chosen);
    };
    turn.stage.show({
      name: "delivery",
      title: text("delivery_title"),
      lead: text("host_lead"),
      body: [host.whole],
      deeds: [
        button(text("delivery_nobody"), () => done(null), { "data-deed": "nobody" }),
        button(text("delivery_deed"), submit, { class: "btn btn-primary btn-large", "data-deed": "go-on" }),
      ],
    });
  });
}

export function called(turn, host) {
  return turn.screen((over) =>
    ending(turn, { name: "called", title: "delivery_done_title", named: host.name, lead: text("delivery_done_lead"), picture: SIGNS.delivery }, over),
  );
}

/** Reception is asked: for good, or beside what one was doing. */
export function atReception(turn, { name = "reception", title = "help_title", lead = "refused_lead" } = {}) {
  return turn.screen((over) => ending(turn, { name, title, lead: text(lead), picture: SIGNS.ask }, over));
}

/** The network is gone in the middle: the same again, or reception. */
export function noNetwork(turn, again) {
  return turn.screen((done) => {
    const tryIt = async () => {
      let view = null;
      const went = await turn.tried(async () => {
        view = await again();
      });
      if (went) done(view);
    };
    turn.stage.show({
      name: "no-network",
      title: text("help_title"),
      lead: text("no_network"),
      sign: sign(SIGNS.ask),
      deeds: [button(text("try_again"), tryIt, { class: "btn btn-primary btn-large", "data-deed": "go-on" })],
    });
  });
}

/** Written down without network, or not. */
export function sealed(turn, went) {
  return turn.screen((over) =>
    ending(turn, {
      name: "sealed",
      title: went ? "sealed_title" : "help_title",
      lead: text(went ? "sealed_lead" : "sealed_failed"),
      picture: went ? SIGNS.written : SIGNS.ask,
    }, over),
  );
}
