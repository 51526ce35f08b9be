// The roll-call: whom somebody has seen is ticked, on this device, also without network.

import { TICKS } from "./roll-call-kept.js";
import { say } from "./local-time.js";

const OLDEST = 12 * 3_600_000;
const page = document.getElementById("roll-call");
const boxes = [...document.querySelectorAll("[data-person]")];

function remembered() {
  try {
    const held = JSON.parse(localStorage.getItem(TICKS) ?? "null");
    if (held && Date.now() - held.at < OLDEST) return held;
  } catch {
    // unreadable: begun anew
  }
  localStorage.removeItem(TICKS);
  return { at: Date.now(), seen: [] };
}

const ticks = remembered();
const seen = new Set(ticks.seen);

function count() {
  const missing = boxes.filter((box) => !box.checked && !box.hasAttribute("data-out")).length;
  const ticked = boxes.filter((box) => box.checked).length;
  document.querySelector("[data-seen]").textContent = `${ticked} seen, ${missing} missing`;
}

function ticked(event) {
  const box = event.target.closest("[data-person]");
  if (!box) return;
  if (box.checked) seen.add(box.dataset.person);
  else seen.delete(box.dataset.person);
  localStorage.setItem(TICKS, JSON.stringify({ at: ticks.at, seen: [...seen] }));
  count();
}

function anew() {
  seen.clear();
  localStorage.removeItem(TICKS);
  for (const box of boxes) box.checked = false;
  count();
}

function missingOnly(event) {
  page.classList.toggle("missing-only", event.target.checked);
}

function network() {
  const away = page.dataset.kept === "yes" || !navigator.onLine;
  document.querySelector("[data-away]").hidden = !away;
}

async function keepHere() {
  const watched = Boolean(navigator.serviceWorker?.controller); // then the worker has this page already
  try {
    const here = await navigator.serviceWorker?.register("/visitors/roll-call/worker.js", {
      scope: "/visitors/roll-call/",
      updateViaCache: "none",
    });
    if (!here || page.dataset.kept === "yes") return;
    const ready = await navigator.serviceWorker.ready;
    navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data === "kept") document.querySelector("[data-held]").hidden = false;
    });
    const files = performance.getEntriesByType("resource").map((entry) => entry.name.split("#")[0]);
    const ours = [...new Set(files)].filter((name) => new URL(name).pathname.startsWith("/static/"));
    ready.active.postMessage({ kind: "keep", page: watched ? "" : location.href, files: ours });
  } catch (error) {
    console.info("the roll-call is not kept on this device", error);
  }
}

if (page) {
  for (const box of boxes) box.checked = seen.has(box.dataset.person);
  document.querySelector("[data-when]").textContent = say(new Date(page.dataset.made), { seconds: true });
  page.addEventListener("change", ticked);
  document.querySelector("[data-anew]").addEventListener("click", anew);
  document.querySelector("[data-missing]").addEventListener("change", missingOnly);
  document.querySelector("[data-print]").addEventListener("click", () => window.print());
  window.addEventListener("online", network);
  window.addEventListener("offline", network);
  count();
  network();
  if (document.readyState === "complete") keepHere();
  else window.addEventListener("load", keepHere);
}
