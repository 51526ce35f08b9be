// The kiosk: paired or not, then one person after the other, and nothing of the one before the next.
import { keepPage } from "../js/kept.js";
import { home } from "./entry-views.js";
import { FLOWS } from "./flows.js";
import { FullScreen } from "./full-screen.js";
import { Idle } from "./idle.js";
import { pairing } from "./pairing-view.js";
import { button } from "./parts.js";
import { call, identity, isUnanswered, NoNetwork, onUnpaired, Refusal, send } from "./requests.js";
import { SealedQueue } from "./sealed-queue.js";
import { Stage } from "./stage.js";
import * as store from "./store.js";
import { fill, NAMES, speak, spoken, text } from "./texts.js";
import { Over, Turn } from "./turn.js";

const SCOPE = "/kiosk/";
const LEADS = "sallyport-kiosk";
const STATE_MS = 60_000;
const RETRY_MS = 10_000;
const QUIET_MS = 30_000;
const HOUR_MS = 3_600_000;
const FILES = "sallyport-kiosk-"; // as the worker names them

const page = document.querySelector("#kiosk");
const part = (name) => document.querySelector(`[data-part='${name}']`);

/** Bytes go as they are. A server that is down is no server. */
async function ask(path, body, more) {
  try {
    return await (body instanceof Uint8Array ? send(path, body, more) : call(path, body, more));
  } catch (error) {
    if (!(error instanceof NoNetwork) && isUnanswered(error) && error.code !== "server_unavailable") throw new NoNetwork();
    throw error;
  }
}

class Kiosk {
  constructor() {
    Object.assign(this, { state: null, turn: null, online: true, timer: 0, stopped: false, stale: false });
    this.stage = new Stage(page, { startOver: () => this.home(), help: () => this.help() });
    this.queue = new SealedQueue((count) => this.note(count));
    this.idle = new Idle(document, { gone: () => this.home(), watched: () => Boolean(this.turn) && !this.stopped });
    this.full = new FullScreen(document, { ask, covered: () => this.turn && this.home() });
    part("helper-back").addEventListener("click", () => this.helped());
    part("helper-over").addEventListener("click", () => this.home());
    onUnpaired(() => this.unpaired());
  }

  async start() {
    this.state = (await store.get("state")) ?? null;
    await this.queue.start();
    await this.look();
    this.home();
    this.guardHistory();
  }

  /** How the kiosk is set up, each minute. What was last heard stands while there is no network. */
  async look() {
    clearTimeout(this.timer);
    if (!this.turn) this.rest();
    let next = STATE_MS;
    try {
      this.state = await ask("kiosk/state", { waiting: this.queue.count });
      await store.put("state", this.state);
      this.heard(true);
    } catch (error) {
      if (this.stopped) return;
      if (!(error instanceof NoNetwork || error instanceof Refusal)) throw error;
      this.heard(false);
      next = RETRY_MS;
    }
    this.timer = setTimeout(() => this.look(), next);
  }

  /** Nobody is there: the language of whoever looked in last goes, and a new version of the page may come. */
  rest() {
    if (this.stale) location.reload();
    if (page.dataset.screen === "home" && spoken() !== this.languages[0] && this.idle.quiet > QUIET_MS) this.home();
  }

  heard(is) {
    const back = is && !this.online;
    this.online = is;
    if (is) this.queue.soon();
    page.toggleAttribute("data-offline", !is);
    this.note(this.queue.count);
    if (!this.turn && (back || page.dataset.screen === "home")) this.greet();
  }

  note(count) {
    const words = [this.online ? "" : text("offline_note"), count ? text("waiting_note", { count }) : ""];
    part("note").textContent = words.filter(Boolean).join(" ");
  }

  /** All of the one before goes: what was asked and answered, what was shown, what is still on its way. */
  home() {
    this.turn?.end();
    this.turn = null;
    for (const dialog of document.querySelectorAll("dialog[open]")) if (dialog !== this.full.cover) dialog.close();
    for (const frame of document.querySelectorAll("iframe")) frame.remove();
    getSelection()?.removeAllRanges();
    this.stage.clear();
    delete page.dataset.camera;
    this.speak(this.languages[0]);
    this.greet();
  }

  get languages() {
    const spokenHere = (this.state?.languages ?? []).filter((tag) => tag in NAMES);
    return spokenHere.length ? spokenHere : Object.keys(NAMES);
  }

  speak(tag) {
    speak(tag);
    fill(document);
    const buttons = this.languages.map((one) =>
      button(NAMES[one], () => this.speak(one) || this.greet(), {
        class: "btn kiosk-language",
        lang: one,
        "data-language": one,
        "aria-pressed": String(one === spoken()),
      }),
    );
    part("languages").replaceChildren(...buttons);
    this.note(this.queue.count);
    return false;
  }

  greet() {
    if (this.stopped) return;
    const walks = this.state?.types.some((type) => type.walk_in);
    const offer = ["expected", walks || !this.state ? "walk_in" : null, "delivery", "leaving"].filter(Boolean);
    this.chrome(true);
    const company = this.state?.company ?? page.dataset.company;
    home(this.stage, { offer, title: text("home_at", { company }), chosen: (name) => this.begin(name) });
  }

  /** Languages and the small buttons of staff stand on the home screen alone. */
  chrome(atHome) {
    part("languages").hidden = part("home-foot").hidden = !atHome;
  }

  async begin(name) {
    this.guardHistory();
    const turn = new Turn({
      ask,
      state: this.state ?? { types: [], printer: false },
      stage: this.stage,
      language: spoken(),
      offline: !this.online,
    });
    this.turn = turn;
    this.chrome(false);
    try {
      await FLOWS[name](turn, { seal: (plain) => this.queue.keep(plain) });
    } catch (error) {
      if (error instanceof Over) return;
      this.fell(turn, error);
      return;
    }
    if (this.turn === turn) this.home();
  }

  /** What nobody foresaw: the person is sent to reception, and what failed is told without what they gave. */
  fell(turn, error) {
    if (this.turn !== turn || this.stopped) return;
    console.error(error instanceof Refusal ? `refused: ${error.code}` : error.name);
    this.stage.show({ name: "fell", title: text("help_title"), lead: text("unknown") });
  }

  help() {
    part("helper").showModal();
    part("helper").querySelector("h1").focus();
  }

  helped() {
    part("helper").close();
  }

  /** The back button leads home, and home is all that it leads to: an entry of our own stands before. */
  guardHistory() {
    if (history.state !== "kiosk") history.pushState("kiosk", "");
  }

  back() {
    this.home();
    this.guardHistory();
  }

  /** The console has unpaired it: key, set-up and sealed sign-ins are destroyed by now; the rest goes too. */
  async unpaired() {
    if (this.stopped) return;
    this.turn?.end();
    this.turn = null;
    this.stopped = true;
    clearTimeout(this.timer);
    this.queue.stop();
    this.state = null;
    this.stage.clear();
    this.chrome(false);
    await forgetFiles();
    this.stage.show({
      name: "unpaired",
      title: text("unpaired_title"),
      lead: text("unpaired_lead"),
      deeds: [button(text("pair_again"), () => location.reload(), { class: "btn btn-primary btn-large", "data-deed": "pair-again" })],
      home: true,
    });
  }
}

async function forgetFiles() {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  await registration?.unregister();
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => name.startsWith(FILES)).map((name) => caches.delete(name)));
}

async function stayAwake() {
  if (document.hidden) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // low battery, or not allowed: the page works all the same
  }
}

/** A kiosk stands for weeks: it asks each hour for a new version, and takes it when nobody is there. */
function watchVersion(kiosk) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let first = !workers.controller;
  workers.addEventListener("controllerchange", () => {
    if (!first) kiosk.stale = true;
    first = false;
  });
  const ask = async () => (await workers.getRegistration(SCOPE))?.update();
  setInterval(() => ask().catch(() => undefined), HOUR_MS);
}

// One window of a browser is the kiosk. The next takes over when it closes.
function lead(stage) {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((resolve) => {
    const held = () => {
      resolve();
      return new Promise(() => {}); // until this page is gone
    };
    navigator.locks.request(LEADS, { ifAvailable: true }, (lock) => {
      if (lock) return held();
      stage.show({ name: "elsewhere", title: text("elsewhere_title"), lead: text("elsewhere_lead"), home: true });
      navigator.locks.request(LEADS, held);
      return undefined;
    });
  });
}

async function main() {
  speak(...navigator.languages);
  fill(document);
  const kiosk = new Kiosk();
  kiosk.chrome(false);
  if (!store.canKeep()) {
    kiosk.stage.show({ name: "cannot", title: text("cannot_title"), lead: text("cannot_lead"), home: true });
    return;
  }
  await lead(kiosk.stage);
  for (const name of ["online", "offline"]) addEventListener(name, () => kiosk.state && kiosk.look());
  addEventListener("popstate", () => kiosk.back());
  addEventListener("pagehide", () => kiosk.turn && kiosk.home());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", stayAwake);
  if (!(await identity())) await pairing(kiosk.stage, page.dataset.companyUid);
  watchVersion(kiosk);
  keepPage("/kiosk/worker.js", SCOPE);
  stayAwake();
  await kiosk.start();
}

await main();
