// What the kiosk says. Every key stands in every language: tests/visitors/test_kiosk_texts.py.
import { de } from "./texts-de.js";
import { en } from "./texts-en.js";
import { es } from "./texts-es.js";
import { fr } from "./texts-fr.js";

const LANGUAGES = { en, de, fr, es };
export const NAMES = { en: "English", de: "Deutsch", fr: "Français", es: "Español" };
let language = "en";

/** Choose the first language that we speak; returns it. */
export function speak(...wished) {
  const found = wished.filter(Boolean).map((tag) => tag.slice(0, 2).toLowerCase());
  language = found.find((tag) => tag in LANGUAGES) ?? "en";
  document.documentElement.lang = language;
  return language;
}

export const spoken = () => language;

/** The text of `key` with {parts} filled in. */
export function text(key, parts = {}) {
  return (LANGUAGES[language][key] ?? en[key]).replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
}

export const has = (key) => Object.hasOwn(en, key);

/** Every text that stands in the page itself. */
export function fill(root) {
  for (const one of root.querySelectorAll("[data-text]")) one.textContent = text(one.dataset.text);
  for (const one of root.querySelectorAll("[data-label]")) one.setAttribute("aria-label", text(one.dataset.label));
}

/** A time of today, or of another day with that day; `at` in unix seconds. */
export function moment(at) {
  const when = new Date(at * 1000);
  const today = when.toDateString() === new Date().toDateString();
  const form = { hour: "2-digit", minute: "2-digit", ...(today ? {} : { day: "numeric", month: "long" }) };
  return when.toLocaleString(language === "en" ? "en-GB" : language, form);
}
