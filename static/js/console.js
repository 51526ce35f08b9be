// Small habits of every console page. Each works by an attribute; nothing here knows a page.
//
//   data-opens="id"      a button that opens the <dialog> with that id
//   data-closes          a button inside a <dialog> that closes it
//   data-copy="text"     a button that copies
//   data-submits         a select or checkbox that sends its form when it changes
//   data-search          the search box that "/" goes to

import { forgetRollCall } from "./roll-call-kept.js";

function opener(event) {
  const button = event.target.closest("[data-opens]");
  if (!button) return;
  const dialog = document.getElementById(button.dataset.opens);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
}

function closer(event) {
  const button = event.target.closest("[data-closes]");
  if (button) {
    event.preventDefault();
    button.closest("dialog")?.close();
  }
}

async function copier(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copy it by hand";
  }
  window.setTimeout(() => {
    button.textContent = before;
  }, 2000);
}

function typing(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}

function keys(event) {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const box = document.querySelector("[data-search]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
}

// A menu closes when the person turns elsewhere.
function menus(event) {
  for (const menu of document.querySelectorAll("details.person-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function escape(event) {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.person-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
}

// Whoever signs out takes with them what this device keeps for them.
async function signingOut(event) {
  const form = event.target;
  if (form.getAttribute("action") !== "/sign-out/" || form.dataset.wiped) return;
  event.preventDefault();
  form.dataset.wiped = "yes";
  try {
    await forgetRollCall();
  } finally {
    form.submit();
  }
}

document.addEventListener("submit", signingOut);
document.addEventListener("click", opener);
document.addEventListener("click", closer);
document.addEventListener("click", copier);
document.addEventListener("click", menus);
document.addEventListener("keydown", keys);
document.addEventListener("keydown", escape);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form?.requestSubmit();
});
