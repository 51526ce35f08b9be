// The wallet: which view is shown, and why. One view at a time; refusals of the server choose it.
import { keepPage } from "../js/kept.js";
import { phoneTime, wake } from "./clock.js";
import { CodeView } from "./code-view.js";
import { EnrolView } from "./enrol-view.js";
import { Faces } from "./faces.js";
import { FreshView } from "./fresh-view.js";
import { needsHomeScreen } from "./home.js";
import { JoinView } from "./join-view.js";
import * as keys from "./keys.js";
import { NumberView } from "./number-view.js";
import { tellNews } from "./news.js";
import { NoPass, Passes } from "./passes.js";
import { PhoneView } from "./phone-view.js";
import { PrivacyView } from "./privacy-view.js";
import { isUnanswered, NoNetwork, Refusal, request } from "./requests.js";
import { day, has, moment, speak, text } from "./texts.js";
import { VisitView } from "./visit.js";
import { Visits } from "./visits.js";

const ME = "/api/v1/wallet/me";
const CODES = "/api/v1/wallet/codes";
const LIVE_MS = 2000; // so long one waits at a door before the pass is shown instead
const UNLOCK_MS = 4000; // and for each of an unlock's two answers
const AWAITING_MS = 3000;
const STOPPED_MS = 20000;
const OFFLINE_MS = 4000;
const RENEW_MS = 60000;
// A code that is asked for again within the same breath, or a profile on its way: states that pass by themselves.
const PASSING = new Set(["device_awaiting", "holder_suspended", "credential_suspended", "not_yet_valid", "no_credential"]);
const SAME_AS = { credential_suspended: "holder_suspended" };
const FINAL = new Set(["device_revoked", "holder_offboarded", "key_lost", "data_cleared"]);
// The phone has no key that counts: another one of the same person may be the one that is missing.
const KEYLESS = new Set(["device_revoked", "key_lost", "data_cleared"]);

const page = document.getElementById("wallet");
const company = page.dataset.company;
const views = [...page.querySelectorAll("[data-view]")];
const passes = new Passes();
let key;
let timer;
let stays = false; // in the browser, though the home screen would keep the key better
let fresh; // the pass on its way while a number is typed
let cameFrom; // where privacy was opened for one answer: one goes back there

function say(root, parts) {
  for (const element of root.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text, parts);
  }
}

function show(name, parts = {}) {
  clearTimeout(timer);
  for (const view of views) view.hidden = view.dataset.view !== name;
  const view = views.find((one) => one.dataset.view === name);
  say(view, { company, ...parts });
  page.dataset.shown = name;
  delete page.dataset.why;
  if (name !== "code") codeView.stop();
  if (name !== "camera") faces.left();
  if (name !== "privacy") cameFrom = undefined;
  phoneView.tell("");
  freshView.tell("");
  view.querySelector("[data-focus]")?.focus();
  return view;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(look, milliseconds);
}

function stopped(code) {
  if (visitView.isOver(code)) return;
  const name = SAME_AS[code] ?? code;
  const known = has(`${name}_title`) ? name : "no_credential";
  const view = show("stopped");
  page.dataset.why = code;
  view.querySelector("h1").textContent = text(`${known}_title`, { company });
  view.querySelector("p").textContent = text(`${known}_text`, { company });
  view.querySelector("[data-deed='again']").hidden = !FINAL.has(code);
  view.querySelector("[data-lost]").hidden = !KEYLESS.has(code);
  view.querySelector("[data-paused]").hidden = known !== "holder_suspended"; // a consent ends all the same
  if (PASSING.has(code)) later(STOPPED_MS);
}

/** No signal, and no pass that could be shown instead: `why` in the words of NoPass. */
function offline(why = "none", ended = 0, wait = OFFLINE_MS) {
  const name = { ended: "pass_ended", clock: "clock_off" }[why] ?? "offline";
  const view = show("offline");
  page.dataset.why = name;
  view.querySelector("h1").textContent = text(`${name}_title`);
  view.querySelector("[data-words]").textContent = text(`${name}_text`, { time: day(phoneTime(ended)) });
  later(wait);
}

function noAnswer() {
  const why = passes.lacks;
  if (why) offline(why, passes.pass?.expires);
  else if (page.dataset.shown === "ready") later(OFFLINE_MS);
  else ready({ first_name: key.name ?? "", other_phone: null });
}

function refused(error) {
  passes.heard(error);
  if (error instanceof NoNetwork) return noAnswer();
  if (error instanceof NoPass) return offline(error.why, error.ended);
  if (!(error instanceof Refusal)) {
    console.error(error);
    return show("offline");
  }
  if (error.code === "not_enrolled") return begin();
  if (error.code === "device_awaiting") return awaiting();
  if (error.code === "unlock_required") return show("locked");
  if (PASSING.has(error.code) || FINAL.has(error.code) || has(`${error.code}_title`)) return stopped(error.code);
  return offline("none", 0, Math.max(OFFLINE_MS, error.wait * 1000));
}

function awaiting(mayAsk = false) {
  if (key.visit) return visitView.awaits();
  const view = show("awaiting");
  const words = text(mayAsk ? "awaiting_ask" : "awaiting_text", { company });
  view.querySelector("[data-ask]").textContent = words;
  later(AWAITING_MS);
}

function begin() {
  if (needsHomeScreen() && !stays) return show("install");
  show("enrol");
  enrolView.begin();
}

function ready(me) {
  const view = show("ready", { name: me.first_name });
  tellSignal();
  joinView.ask(me.waiting_phone);
  view.querySelector("[data-privacy-asks]").hidden = !me.notices_asked;
  offer();
  tellNews(view, me.other_phone, { seen: key.seenPhone, asked: joinView.asked });
  visitView.ready(view);
}

function tellSignal() {
  const until = passes.expires;
  for (const deed of ["number", "phone", "fresh"]) page.querySelector(`[data-deed='${deed}']`).hidden = !passes.offered;
  for (const place of page.querySelectorAll("[data-signal]")) {
    place.hidden = !until;
    if (until) place.textContent = text("pass_reaches", { time: moment(phoneTime(until)) });
  }
}

function offer() {
  const wanted = !key.later && phoneView.able && phoneView.passkeys === 0;
  page.querySelector("[data-offer]").hidden = !wanted || joinView.asked !== null; // one question at a time
}

async function renew(anyway) {
  if (!key) return false;
  const done = await passes.renew(key, anyway);
  tellSignal();
  return done;
}

function tellPasses(me) {
  passes.offered = me.pass_hours > 0;
  passes.told({ pass_mark: me.pass_mark, unlocked_until: me.unlock?.until });
}

/** Ask, and say nothing, whether the pass is still one that doors take; fetch a new one where it is not. */
async function refresh() {
  try {
    tellPasses(await request(key, "GET", ME, undefined, LIVE_MS));
  } catch (error) {
    await passes.heard(error);
  }
  return renew();
}

async function remember(facts) {
  if (Object.entries(facts).every(([name, value]) => key[name] === value)) return;
  Object.assign(key, facts);
  await keys.keep(key);
}

async function standing(me) {
  speak(me.language);
  await remember({ language: me.language, name: me.first_name });
  await phoneView.heard(me);
  if (me.holder_state === "OFFBOARDED") return refused(new Refusal({ code: "holder_offboarded" }));
  if (me.holder_state === "SUSPENDED") return refused(new Refusal({ code: "holder_suspended" }));
  if (me.device_state === "AWAITING" && !me.ready) return awaiting(me.may_ask_phone);
  if (!me.ready) return stopped("no_credential");
  tellPasses(me);
  renew();
  faces.ask();
  ready(me);
  return visits.ask();
}

async function look() {
  try {
    await standing(await request(key, "GET", ME, undefined, passes.lacks ? undefined : LIVE_MS));
  } catch (error) {
    refused(error);
  }
}

/** A live code; where none comes in time and there is a pass, pass + proof. */
async function ask(challenge) {
  if (challenge) {
    await Promise.race([fresh, new Promise((resolve) => setTimeout(resolve, LIVE_MS))]);
    return passes.proof(key, challenge);
  }
  try {
    const code = await request(key, "POST", CODES, {}, passes.lacks ? undefined : LIVE_MS);
    passes.told(code);
    renew();
    return code;
  } catch (error) {
    if (!isUnanswered(error) || passes.lacks === "none") throw error;
    return await passes.proof(key);
  }
}

async function askNumber(message) {
  show("number");
  numberView.begin(message);
  fresh = refresh();
  await fresh;
}

function proveAt(challenge) {
  if (passes.lacks) return numberView.begin(text("number_no_pass"));
  show("code");
  return codeView.start(company, challenge);
}

/** Whether the server is there. A phone may be in a network that leads nowhere. */
async function reached() {
  try {
    await request(key, "GET", ME, undefined, LIVE_MS);
    return true;
  } catch (error) {
    return !isUnanswered(error);
  }
}

function startCode() {
  show("code");
  codeView.start(company);
}

async function showCode() {
  if (!phoneView.mustUnlock || !navigator.onLine) return startCode();
  show("locked");
  if (phoneView.passkeys > 0) return unlockHere();
  if (!(await reached()) && page.dataset.shown === "locked") startCode();
}

/** Unlock. Where nobody is there who could, doors get the code of a locked phone and judge for themselves. */
async function unlockHere() {
  const done = (await phoneView.unlock()) || phoneView.isCutOff;
  if (done && page.dataset.shown === "locked") startCode();
}

const codeView = new CodeView(page, { ask, refused, hide: look, over: () => askNumber(text("number_over")) });
const numberView = new NumberView(page, { typed: proveAt });
const phoneView = new PhoneView(page, {
  key: () => key,
  patience: () => (passes.lacks ? undefined : UNLOCK_MS),
  changed: (until) => {
    passes.told({ unlocked_until: until });
    renew();
  },
});
const privacyView = new PrivacyView(page, {
  key: () => key,
  answered: (purpose) => purpose === "face" && cameFrom?.(),
});
const faces = new Faces(page, {
  key: () => key,
  show,
  look,
  showCode: startCode,
  phoneView,
  privacy: (back) => {
    show("privacy");
    cameFrom = back;
    return privacyView.begin("face");
  },
});
const visits = new Visits(page, { key: () => key, show, look });
const freshView = new FreshView(page, { renew: () => renew(true) });
const joinView = new JoinView(page, {
  key: () => key,
  answered: async (phone, confirmed) => {
    // Whoever has just said that it is theirs needs no news of it.
    if (confirmed) await remember({ seenPhone: Math.max(phone.enrolled_at, key.seenPhone ?? 0) });
    await look();
  },
  over: look,
});
const visitView = new VisitView(page, { show, begin: start, key: () => key, passes, later });
const enrolView = new EnrolView(page, {
  enrolled: async (record, me) => {
    key = record;
    await standing(me);
  },
});

const DEEDS = {
  ...faces.deeds,
  ...visitView.deeds,
  ...visits.deeds,
  show: showCode,
  retry: look,
  back: () => (cameFrom ?? look)(),
  number: () => askNumber(""),
  phone: () => show("phone"),
  privacy: () => {
    show("privacy");
    return privacyView.begin();
  },
  lock: () => phoneView.lock(),
  unlock: unlockHere,
  fresh: () => freshView.fetch(),
  stay: () => {
    stays = true;
    begin();
  },
  confirm: () => joinView.answer("confirm"),
  refuse: () => joinView.answer("refuse"),
  passkey: async () => {
    if (await phoneView.create()) offer();
  },
  later: async () => {
    await remember({ later: true });
    offer();
  },
  seen: async (button) => {
    const notice = button.closest("[data-news]");
    notice.hidden = true;
    await remember({ seenPhone: Number(notice.dataset.at) });
  },
  again: async () => {
    await keys.forget();
    key = undefined;
    passes.forgotten();
    begin();
  },
};

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-deed]");
  return DEEDS[button?.dataset.deed]?.(button);
});
// A phone that is put away shows nothing when it is taken up again: one tap brings the code.
document.addEventListener("visibilitychange", () => {
  if (!key) return;
  if (document.hidden) clearTimeout(timer);
  else {
    wake();
    look();
  }
  if (document.hidden && ["code", "camera"].includes(page.dataset.shown)) show("loading");
});
window.addEventListener("online", () => {
  if (key && ["offline", "ready"].includes(page.dataset.shown)) look();
  else renew();
});
setInterval(() => {
  if (document.hidden || !key) return;
  if (["ready", "phone", "number"].includes(page.dataset.shown)) refresh();
  else if (page.dataset.shown === "code") renew(); // each live code tells of the pass
}, RENEW_MS);

async function start() {
  speak(...navigator.languages);
  show("loading");
  if (!keys.canKeep()) return show("cannot");
  if (await visitView.isLed()) return;
  try {
    key = await keys.kept();
    if (key) await passes.load(key);
  } catch {
    return show("cannot");
  }
  if (!key) return keys.wasBound() ? stopped("data_cleared") : begin();
  speak(key.language, ...navigator.languages);
  if (!(await keys.usable(key))) return stopped("key_lost");
  // Some browsers grant it to what stands on the home screen alone, which is later than the binding.
  if (keys.onHomeScreen()) keys.askToPersist();
  return look();
}

start();
keepPage("/wallet/worker.js", "/wallet/");
