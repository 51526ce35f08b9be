// What the wallet says. Every key stands in every language: tests/credentials/test_wallet_texts.py.
import { de } from "./texts-de.js";
import { en } from "./texts-en.js";
import { es } from "./texts-es.js";
import { fr } from "./texts-fr.js";

const LANGUAGES = { en, de, fr, es };
let language = "en";

/** Choose the first language we speak; returns it. */
export function speak(...wished) {
  const found = wished.filter(Boolean).map((tag) => tag.slice(0, 2).toLowerCase());
  language = found.find((tag) => tag in LANGUAGES) ?? "en";
  document.documentElement.lang = language;
  return language;
}

/** The language that is spoken. */
export function spoken() {
  return language;
}

/** The text of `key` with {parts} filled in. */
export function text(key, parts = {}) {
  return (LANGUAGES[language][key] ?? en[key]).replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
}

export function has(key) {
  return key in en;
}

function told(unixSeconds, form) {
  const own = navigator.languages.find((tag) => tag.startsWith(language)); // en-GB and en-US tell time differently
  return new Date(unixSeconds * 1000).toLocaleString(own ?? language, form);
}

/** A moment of today as people read it on this phone. */
export function clock(unixSeconds) {
  return told(unixSeconds, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** A moment of these days; by the clock of `timeZone` where one is named, not by the phone's. */
export function day(unixSeconds, timeZone) {
  return told(unixSeconds, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone });
}

/** A moment of the past: today by that word, others by their date. */
export function lately(unixSeconds) {
  if (new Date(unixSeconds * 1000).toDateString() !== new Date().toDateString()) return day(unixSeconds);
  const today = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "day");
  return `${today} ${told(unixSeconds, { hour: "2-digit", minute: "2-digit" })}`;
}

/** A moment of today or tomorrow, to the minute; by the clock of `timeZone` where one is named. */
export function moment(unixSeconds, timeZone) {
  const dates = new Intl.DateTimeFormat("en", { dateStyle: "short", timeZone });
  const today = dates.format(unixSeconds * 1000) === dates.format(Date.now());
  const form = { hour: "2-digit", minute: "2-digit", timeZone };
  return told(unixSeconds, today ? form : { weekday: "long", ...form });
}
