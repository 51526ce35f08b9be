// Schedules in local wall time: sallyport/rules/schedules.py. A schedule is [id, intervals, hours on special days,
// closed on special days], as in the bundle and in the facts.
const DAY = 1440;
const ORDINAL_1970 = 719_163;
const DAY_MS = 86_400_000;
const MOST_KEPT = 4096;
// As the names of zones are written; a browser also takes other spellings of them, and offsets.
const ZONE = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*)*$/;

const zones = new Map();
const minutes = new Map();

function formatter(zone) {
  if (!ZONE.test(zone)) return null;
  let made;
  try {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch {
    return null;
  }
  const found = made.resolvedOptions().timeZone;
  return found !== zone && found.toLowerCase() === zone.toLowerCase() ? null : made;
}

function localMinute(zone, minute) {
  if (!zones.has(zone)) zones.set(zone, formatter(zone));
  const made = zones.get(zone);
  if (!made) return null;
  const parts = {};
  for (const { type, value } of made.formatToParts(minute * 60_000)) parts[type] = Number(value);
  const day = Date.UTC(parts.year, parts.month - 1, parts.day) / DAY_MS + ORDINAL_1970;
  return { day, minute: parts.hour * 60 + parts.minute };
}

/** {day, minute} on the wall in the IANA zone at unix second `now`, days as ordinals; null for no such zone. */
export function localTime(zone, now) {
  const minute = Math.floor(now / 60);
  const name = `${minute} ${zone}`;
  if (!minutes.has(name)) {
    if (minutes.size >= MOST_KEPT) minutes.clear();
    minutes.set(name, localMinute(zone, minute));
  }
  return minutes.get(name);
}

const whole = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
const hours = (start, end) => whole(start, 0, DAY - 1) && whole(end, 0, DAY) && start !== end;

/** The same schedule. Throws RangeError for what is none: an empty interval must not open a door for 24 hours. */
export function checkedSchedule(schedule) {
  const [id, intervals, onSpecial, closed] = schedule;
  const good =
    schedule.length === 4 &&
    Number.isInteger(id) &&
    typeof closed === "boolean" &&
    intervals.every((one) => one.length === 3 && whole(one[0], 0, 6) && hours(one[1], one[2])) &&
    onSpecial.every((one) => one.length === 2 && hours(one[0], one[1]));
  if (!good) throw new RangeError("not a schedule");
  return schedule;
}

function hoursOf([, intervals, onSpecial, closed], day, special) {
  if (special && closed) return [];
  if (special && onSpecial.length > 0) return onSpecial;
  const weekday = (day + 6) % 7;
  return intervals.filter(([of]) => of === weekday).map(([, start, end]) => [start, end]);
}

/** Whether it is open at this minute; `special` are ordinals of dates. Hours belong to the day on which they begin. */
export function isOpen(schedule, local, special) {
  if (local === null) return false;
  const { day, minute } = local;
  const [, , onSpecial, closed] = schedule;
  const today = special.has(day);
  for (const [start, end] of hoursOf(schedule, day, today)) {
    if (start <= minute && (minute < end || end < start)) return true;
  }
  const yesterday = special.has(day - 1);
  if (today && (closed || (onSpecial.length > 0 && !yesterday))) return false;
  return hoursOf(schedule, day - 1, yesterday).some(([start, end]) => end < start && minute < end);
}
