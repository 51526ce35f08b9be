// The wallet: which view is shown, and why. One view at a time; refusals of the server choose it.
import { CodeView } from "./code-view.js";
import { EnrolView } from "./enrol-view.js";
import * as keys from "./keys.js";
import { NoNetwork, Refusal, request } from "./requests.js";
import { day, has, speak, text } from "./texts.js";

const ME = "/api/v1/wallet/me";
const AWAITING_MS = 3000;
const STOPPED_MS = 20000;
const OFFLINE_MS = 4000;
// A code that is asked for again within the same breath, or a profile on its way: states that pass by themselves.
const PASSING = new Set(["device_awaiting", "holder_suspended", "credential_suspended", "not_yet_valid", "no_credential"]);
const SAME_AS = { credential_suspended: "holder_suspended" };
const FINAL = new Set(["device_revoked", "holder_offboarded"]);

const page = document.getElementById("wallet");
const company = page.dataset.company;
const views = [...page.querySelectorAll("[data-view]")];
let key;
let timer;

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
  if (name !== "code") codeView.stop();
  view.querySelector("[data-focus]")?.focus();
  return view;
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(look, milliseconds);
}

function stopped(code) {
  const name = SAME_AS[code] ?? code;
  const known = has(`${name}_title`) ? name : "no_credential";
  const view = show("stopped");
  page.dataset.why = code;
  view.querySelector("h1").textContent = text(`${known}_title`, { company });
  view.querySelector("p").textContent = text(`${known}_text`, { company });
  view.querySelector("[data-deed='again']").hidden = !FINAL.has(code);
  if (PASSING.has(code)) later(STOPPED_MS);
}

function refused(error) {
  if (error instanceof NoNetwork) {
    show("offline");
    return later(OFFLINE_MS);
  }
  if (!(error instanceof Refusal)) {
    console.error(error);
    show("offline");
    return undefined;
  }
  if (error.code === "not_enrolled") return begin();
  if (error.code === "device_awaiting") return awaiting();
  if (PASSING.has(error.code) || FINAL.has(error.code) || has(`${error.code}_title`)) return stopped(error.code);
  show("offline");
  return later(Math.max(OFFLINE_MS, error.wait * 1000));
}

function awaiting() {
  show("awaiting");
  later(AWAITING_MS);
}

function begin() {
  show("enrol");
  enrolView.begin();
}

function ready(me) {
  const view = show("ready", { name: me.first_name });
  const news = me.other_phone !== null && me.other_phone.at !== key.seenPhone;
  const notice = view.querySelector("[data-news]");
  notice.hidden = !news;
  notice.dataset.at = me.other_phone?.at;
  if (!news) return;
  const label = me.other_phone.label || text("a_phone");
  notice.querySelector("p").textContent = text("other_phone", { label, time: day(me.other_phone.at) });
}

async function seen(notice) {
  key.seenPhone = Number(notice.dataset.at);
  notice.hidden = true;
  await keys.keep(key);
}

async function standing(me) {
  speak(me.language);
  if (key.language !== me.language) {
    key.language = me.language;
    await keys.keep(key);
  }
  if (me.holder_state === "OFFBOARDED") return stopped("holder_offboarded");
  if (me.holder_state === "SUSPENDED") return stopped("holder_suspended");
  if (me.device_state === "AWAITING" && !me.ready) return awaiting();
  return me.ready ? ready(me) : stopped("no_credential");
}

async function look() {
  try {
    await standing(await request(key, "GET", ME));
  } catch (error) {
    refused(error);
  }
}

const codeView = new CodeView(page, {
  ask: () => request(key, "POST", "/api/v1/wallet/codes", {}),
  refused,
  hide: look,
});
const enrolView = new EnrolView(page, {
  enrolled: async (record, me) => {
    key = record;
    await standing(me);
  },
});

page.addEventListener("click", async (event) => {
  const deed = event.target.closest("[data-deed]")?.dataset.deed;
  if (deed === "show") {
    show("code");
    codeView.start(company);
  }
  if (deed === "retry") look();
  if (deed === "seen") await seen(event.target.closest("[data-news]"));
  if (deed === "again") {
    await keys.forget();
    key = undefined;
    begin();
  }
});
// A phone that is put away shows nothing when it is taken up again: one tap brings the code.
document.addEventListener("visibilitychange", () => {
  if (!key) return;
  if (document.hidden) clearTimeout(timer);
  else look();
  if (document.hidden && page.dataset.shown === "code") show("loading");
});
window.addEventListener("online", () => {
  if (key && page.dataset.shown === "offline") look();
});

async function start() {
  speak(...navigator.languages);
  show("loading");
  if (!keys.canKeep()) return show("cannot");
  try {
    key = await keys.kept();
  } catch {
    return show("cannot");
  }
  if (!key) return begin();
  speak(key.language, ...navigator.languages);
  return look();
}

start();
