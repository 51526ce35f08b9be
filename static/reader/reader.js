// The reader page: paired or not, then camera, scanner, line to the server and verdict put together.
import { keepPage } from "../js/kept.js";
import { hex } from "./bytes.js";
import { Camera } from "./camera.js";
import { Contact } from "./contact.js";
import { DoorNumber } from "./door-number.js";
import { FaceView } from "./face.js";
import { verifier } from "./keys.js";
import { Keypad } from "./keypad.js";
import { Keyring } from "./keyring.js";
import { Link } from "./link.js";
import { Alone } from "./offline/alone.js";
import { PairingView } from "./pairing.js";
import { Scans } from "./scans.js";
import { Standing } from "./standing.js";
import * as store from "./store.js";
import { fill, speak, text } from "./texts.js";
import { Verdict } from "./verdict.js";
import { Wedge } from "./wedge.js";
import { destroyRest, MARK } from "./wipe.js";

const page = document.querySelector("#reader");
const views = Object.fromEntries([...page.querySelectorAll("[data-view]")].map((view) => [view.dataset.view, view]));
const state = page.querySelector("[data-state]");
const asksFace = page.querySelector("[data-asks-face]");
const aloneNote = page.querySelector("[data-alone]");
const LEADS = "sallyport-reader";
const SCOPE = "/reader/";
const PLACE = { today: { timeStyle: "short" }, before: { dateStyle: "medium", timeStyle: "short" } };
const HIDDEN_BY_ALONE = new Set(["offline", "connecting", "behind"]);
const ITS_OWN = new Set(["fork", "unknown"]); // said whatever else is so
const CAMERAS = { on: "ready", refused: "refused", none: "none" };
const told = { line: "connecting", since: null, opens: true, standing: null };
const notes = { camera: page.querySelector("[data-note='camera']"), sound: page.querySelector("[data-note='sound']") };

function show(name) {
  for (const [key, view] of Object.entries(views)) view.hidden = key !== name;
}

async function choose(tag) {
  const language = speak(tag, ...navigator.languages);
  if (tag) await store.put("language", language);
  fill(page);
  for (const select of page.querySelectorAll("[data-language]")) select.value = language;
  return language;
}

// One window of a browser is the reader: two would number, and open, twice. The next takes over when it closes.
function lead() {
  if (!navigator.locks) return Promise.resolve();
  return new Promise((resolve) => {
    const held = () => {
      resolve();
      return new Promise(() => {}); // until this page is gone
    };
    navigator.locks.request(LEADS, { ifAvailable: true }, (lock) => {
      if (lock) return held();
      show("elsewhere");
      navigator.locks.request(LEADS, held);
      return undefined;
    });
  });
}

function since(at) {
  const form = new Date(at).toDateString() === new Date().toDateString() ? PLACE.today : PLACE.before;
  return new Intl.DateTimeFormat(document.documentElement.lang, form).format(at);
}

function tellState() {
  const alone = told.since !== null;
  aloneNote.hidden = !alone;
  const line = alone ? text(told.opens ? "alone_since" : "alone_shut").replace("{time}", since(told.since)) : "";
  if (aloneNote.textContent !== line) aloneNote.textContent = line;
  const name = stateName(alone);
  state.dataset.state = name;
  state.querySelector("[data-state-text]").textContent = text(`state_${name}`);
  page.querySelector("[data-deed='pair-again']").hidden = !["unknown", "forked"].includes(name);
}

function stateName(alone) {
  const { line, opens, standing } = told;
  if (standing?.shut && !ITS_OWN.has(line)) return standing.forked ? "forked" : "suspended";
  return alone && opens && HIDDEN_BY_ALONE.has(line) ? "alone" : line;
}

async function stayAwake() {
  if (document.hidden) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // low battery, or not allowed: the page works all the same
  }
}

function watchCamera(camera) {
  page.querySelector("[data-deed='turn']").addEventListener("click", () => camera.turn());
  return camera.start();
}

function cameraOf(scans) {
  const tell = (name) => {
    page.dataset.camera = name;
    notes.camera.hidden = name === "on";
    notes.camera.textContent = name === "on" ? "" : text(`camera_${name}`);
  };
  const video = page.querySelector("video");
  return new Camera(video, { seen: (code) => scans.seen(code), tell });
}

/**
 * Camera and decoder in the words of a contact. A camera that has worked once is missed when it is gone; one that never
 * did may be meant so, where a scanner types.
 */
function partsOf(camera, hasSeen) {
  let seen = hasSeen;
  return () => {
    let word = CAMERAS[page.dataset.camera] ?? "";
    if (word === "ready" && !seen) {
      seen = true;
      store.put("sees", true);
    }
    if (seen && word && word !== "ready") word = "away";
    const decoder = { true: "ready", false: "missing" }[camera.decodes] ?? "";
    return { camera: word, decoder };
  };
}

/** The key is gone; a page that never held it destroys the rest. */
async function wiped() {
  await store.wipe();
  history.replaceState(null, "", MARK);
  location.reload();
  await new Promise(() => {}); // until this page is gone
}

async function tellWiped() {
  history.replaceState(null, "", MARK); // also after a reload, when nothing else is left to tell by
  show("loading");
  await destroyRest(SCOPE);
  show("wiped");
}

function watchSound(verdict) {
  const tell = () => {
    notes.sound.hidden = !verdict.silent;
  };
  verdict.audio.addEventListener("statechange", tell);
  tell();
}

async function serve(identity) {
  page.querySelector("[data-name]").textContent = identity.name;
  show("watch");
  const verdict = new Verdict(page.querySelector("[data-verdict]"), text);
  const keypad = new Keypad(page.querySelector("[data-keypad]"));
  watchSound(verdict);
  const number = new DoorNumber(identity, await verifier(identity.answerKey), page.querySelector("[data-door-number]"));
  await number.start();
  const standing = await Standing.kept(tellState);
  told.standing = standing;
  let contact = null;
  let camera = null;
  const faces = new FaceView(page.querySelector("[data-face]"), { identity, camera: () => camera });
  const alone = await workingAlone(identity, number, { standing, back: () => contact?.soon() });
  const scans = new Scans(identity, await verifier(identity.answerKey), {
    show: (...shown) => verdict.show(...shown),
    hide: () => verdict.hide(),
    askPin: () => keypad.ask(),
    faces,
    language: document.documentElement.lang,
    number,
    alone,
  });
  camera = cameraOf(scans);
  const parts = partsOf(camera, (await store.get("sees")) === true);
  const verifyAnswer = await verifier(identity.answerKey);
  contact = new Contact(identity, { verifyAnswer, version: page.dataset.version, alone, standing, parts, wiped });
  await scans.start();
  await alone.start();
  new Wedge((code) => scans.present(code));
  const keyring = new Keyring(identity, await verifier(identity.answerKey));
  await keyring.start();
  const link = new Link(identity, await verifier(identity.checkpointKey), {
    tell: (name) => {
      told.line = name;
      tellState();
      // What the line says is a hint; an answer is what counts.
      if (name === "offline" || (name === "ready" && alone.network.cutOff)) alone.network.probe();
      // Why it was switched off, or that it is back, is heard by a contact; by one, not with each try of the line.
      if ((name === "suspended" && !standing.shut) || (name === "ready" && standing.shut)) contact.soon();
    },
    keysChanged: () => keyring.soon(),
    applied: (news) => alone.list.applied(news),
  });
  await link.start();
  contact.start();
  for (const select of page.querySelectorAll("[data-language]")) {
    select.addEventListener("change", () => {
      scans.language = document.documentElement.lang;
      tellState();
    });
  }
  store.askToPersist();
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
  await watchCamera(camera);
}

async function workingAlone(identity, number, more) {
  return Alone.of(identity, {
    verifyAnswer: await verifier(identity.answerKey),
    number,
    ...more,
    tell: (at, opens, face) => {
      Object.assign(told, { since: at, opens });
      asksFace.hidden = !face;
      tellState();
    },
  });
}

async function pairAgain() {
  await store.clear();
  location.reload();
}

const keep = () => keepPage("/reader/worker.js", SCOPE);
const isWiped = () => store.get("wiped");

async function begin() {
  const marked = location.hash === MARK; // nothing is kept here: looking for it would make a new store
  await choose(store.canKeep() && !marked ? await store.get("language") : "");
  for (const select of page.querySelectorAll("[data-language]")) {
    select.addEventListener("change", () => choose(select.value));
  }
  page.querySelector("[data-deed='pair-again']").addEventListener("click", pairAgain);
  page.querySelector("[data-deed='begin-anew']").addEventListener("click", () => location.replace(location.pathname));
  if (!store.canKeep()) {
    show("cannot");
    return;
  }
  if (!marked && !(await isWiped())) keep();
  await lead();
  if (await isWiped()) {
    await tellWiped();
    return;
  }
  const identity = await store.get("identity");
  if (identity) {
    if (marked) keep();
    await serve(identity);
    return;
  }
  if (marked) {
    await tellWiped(); // again, for the store that the looking has made
    return;
  }
  const pairing = new PairingView(views.pair, { company: hex(page.dataset.companyUid), text, paired: serve });
  show("pair");
  pairing.begin();
}

begin().catch(() => show("cannot"));
