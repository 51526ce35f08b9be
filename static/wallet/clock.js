// The server's clock on this phone: learned from its answers, carried on by the phone's monotonic clock, which no
// setting of the time moves; between two openings of the page by the difference to the phone's own clock.
const STEP = 30; // seconds: what doors forgive

let ahead = 0; // seconds that the server's clock is ahead of this phone's
let known = false; // whether that was ever learned, now or at an earlier opening
let anchor = null; // {told, own, steady}: one moment by the server's clock, the phone's and the monotonic one

function steady() {
  return performance.now() / 1000;
}

function own() {
  return Date.now() / 1000;
}

function drop(at) {
  anchor = { told: at, own: own(), steady: steady() };
}

/** Unix seconds by the server's clock. */
export function serverNow() {
  return anchor ? anchor.told + (steady() - anchor.steady) : own() + ahead;
}

/** An answer told the server's time: `now` in whole seconds. */
export function learn(now) {
  if (typeof now !== "number") return;
  ahead = now - own();
  known = true;
  drop(now);
}

/** What was learned at an earlier opening; nothing newer is overwritten. */
export function recall(before) {
  if (known || typeof before !== "number") return;
  ahead = before;
  known = true;
  drop(own() + ahead);
}

/** Seconds to keep for the next opening. */
export function difference() {
  return ahead;
}

/** The page is taken up again. Monotonic clocks may stand still while a phone sleeps: the phone's own went on. */
export function wake() {
  if (!anchor) return;
  const setBack = own() - anchor.own < steady() - anchor.steady - STEP;
  if (!setBack) drop(own() + ahead);
}

/** Whether the time known here cannot be: it is before a moment that certainly was. */
export function behind(moment) {
  return serverNow() + STEP < moment;
}

/** A moment of the server's clock as the phone's own clock shows it, for people to read. */
export function phoneTime(moment) {
  return moment + own() - serverNow();
}
