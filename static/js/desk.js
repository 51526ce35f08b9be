// Reception's list: keys, and no line moves away from under a hand.
//
// While a menu of the list is open or a box in it is typed into, what comes from the server waits.

const list = document.getElementById("desk-list");
let waits = false;

function busy() {
  return list.querySelector("details[open]") !== null;
}

function rows() {
  return [...list.querySelectorAll("[data-row]")];
}

function step(by) {
  const all = rows();
  const here = all.indexOf(document.activeElement?.closest("[data-row]"));
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function typing(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
    return;
  }
  // A letter does something only on a line that has the focus itself: never by chance while reading.
  const row = document.activeElement;
  if (!row?.matches?.("[data-row]")) return;
  const target = event.key === "Enter" ? row.querySelector("td a") : row.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
}

function beforeSwap(event) {
  // What a deed answers is shown at once; what only refreshes waits.
  if (event.detail.target !== list || event.detail.requestConfig?.verb !== "get" || !busy()) return;
  event.detail.shouldSwap = false;
  waits = true;
}

function toggled() {
  if (!waits || busy()) return;
  waits = false;
  document.body.dispatchEvent(new CustomEvent("live:visits"));
}

function outside(event) {
  for (const menu of list.querySelectorAll("details[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

if (list) {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", outside);
  document.body.addEventListener("htmx:beforeSwap", beforeSwap);
  list.addEventListener("toggle", toggled, true);
}
