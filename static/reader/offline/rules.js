// Who may pass which door when: sallyport/rules/engine.py. The first reason in the order of precedence that applies.
import { doorText, writeFacts, writeRefusal } from "./facts.js";
import { checkedSchedule, isOpen, localTime } from "./schedules.js";

export const ASSURANCE = { code: 1, unlock: 2, face: 3, faceChallenge: 4 };
const ALONE = new Map([
  ["code", ASSURANCE.code],
  ["code_unlock", ASSURANCE.unlock],
]);
const ENDED = new Set(["REVOKED", "LOST"]);
const MODES = new Set(["normal", "unlocked_by_schedule"]);
const within = (begins, ends, now) => (begins === null || begins <= now) && (ends === null || now < ends);

// [enters, passback, seconds, capacity]: what the area keeps watch over at this side of the door.
function isWatch(told) {
  if (!Array.isArray(told) || told.length !== 4) return false;
  const [enters, passback, seconds, capacity] = told;
  const numbers = capacity === null ? [seconds] : [seconds, capacity];
  return typeof enters === "boolean" && typeof passback === "string" && numbers.every(Number.isSafeInteger);
}

/** A door as the bundle tells of it, ready for decisions. Throws TypeError or RangeError for other values. */
export function doorOf(told) {
  const numbers = [told.at, told.door, told.area, told.needs, ...told.special, ...(told.age === null ? [] : [told.age])];
  const good =
    numbers.every(Number.isSafeInteger) &&
    Object.values(ASSURANCE).includes(told.needs) &&
    [told.zone, told.mode].every((text) => typeof text === "string") &&
    [told.locked, told.challenge].every((flag) => typeof flag === "boolean");
  if (!good || !(told.watch === undefined || isWatch(told.watch))) throw new RangeError("not a door");
  const unlock = told.unlock ? checkedSchedule(told.unlock) : null;
  const levels = new Map(told.levels.map(([level, many]) => [level, many.map(checkedSchedule)]));
  const door = { ...told, unlock, levels, special: new Set(told.special) };
  return { ...door, text: doorText(door) };
}

/**
 * {granted, reason, facts} at unix second `now`. `shown` is {opened, reached, second}; `credential` and `device` are
 * null where the handle is unknown; `offline` is {mode, trust, listAt, life} of a reader that decides alone, or null;
 * `inside` is {since, people}, what is known at a door into an area that keeps watch. Throws RangeError where that is
 * missing.
 */
export function decide({ now, door, shown, credential, device, offline, inside }) {
  const crowd = door.watch?.[0] ? inside : null;
  if (crowd === undefined) throw new RangeError("an entry to this area is decided on who is inside");
  const local = localTime(door.zone, now);
  let grants = [];
  let reason = who(now, shown.opened, credential, device);
  if (reason === null && (door.locked || !MODES.has(door.mode))) reason = "lockdown";
  if (reason === null && !unlocked(door, local)) {
    [reason, grants] = where(now, door, local, credential.grants);
    reason ??= howSure(now, door, { shown, credential, offline, inside: crowd });
  }
  reason ??= "granted";
  const facts = writeFacts({ now, door, local, shown, credential, device, grants, offline, inside: crowd });
  return { granted: reason === "granted", reason, facts };
}

/** A refusal before the rules were asked. */
export function refuse(reason, now, accessPoint) {
  return { granted: false, reason, facts: writeRefusal(reason, now, accessPoint) };
}

function who(now, opened, credential, device) {
  if (credential === null || credential.handle !== opened.contents.credential) return "unknown_credential";
  if (ENDED.has(credential.state)) return "credential_revoked";
  if (!deviceHolds(opened, device)) return "device_revoked";
  const inTime = within(credential.validFrom, credential.validUntil, now);
  const visitor = credential.holderKind === "VISITOR";
  if (credential.state !== "ACTIVE" || !(inTime || visitor)) return "credential_suspended";
  if (credential.holderState !== "ACTIVE") return "holder_inactive";
  return inTime ? null : "visit_not_active";
}

function deviceHolds({ kind, contents }, device) {
  if (kind === "day_pass") return true; // paper
  return (
    device !== null &&
    device.handle === contents.device &&
    device.state === "ACTIVE" &&
    device.credential === contents.credential
  );
}

// A door that stands unlocked lets every good credential pass: refusing at an open door tells nobody.
function unlocked(door, local) {
  return door.mode === "unlocked_by_schedule" && door.unlock !== null && isOpen(door.unlock, local, door.special);
}

function where(now, door, local, grants) {
  const here = grants.filter(
    ({ level, validFrom, validUntil }) => door.levels.has(level) && within(validFrom, validUntil, now),
  );
  if (here.length === 0) return ["not_allowed_here", []];
  for (const grant of here) {
    if (door.levels.get(grant.level).some((one) => isOpen(one, local, door.special))) return [null, [grant]];
  }
  return ["outside_schedule", here];
}

// A day pass opens more than once: where passback is minded at all, it is held to hard.
function mayEnter(now, [, passback, seconds, capacity], kind, { since, people }) {
  const paper = kind === "day_pass";
  if (since === null) return capacity !== null && people >= capacity ? "area_full" : null;
  if (passback === "off" || (passback === "soft" && !paper)) return null;
  return passback !== "timed" || paper || now - since < seconds ? "passback" : null;
}

function howSure(now, door, { shown, credential, offline, inside }) {
  const { opened } = shown;
  if (door.challenge && !opened.challenged) return "wrong_door";
  const kept = inside === null ? null : mayEnter(now, door.watch, opened.kind, inside);
  if (kept !== null) return kept;
  let needed = door.needs;
  if (offline !== null) {
    const alone = neededAlone(door, offline);
    // The PIN of a day pass is known to the server alone.
    if (alone === null || opened.kind === "day_pass") return "offline_refused";
    if (now - offline.listAt > offline.trust) return "list_too_old";
    needed = alone;
  }
  // Whoever decides alone asks for no face, so that nobody is asked for a consent there either.
  if (needed >= ASSURANCE.face && credential.faceConsent === false) return "consent_missing";
  if (opened.kind === "day_pass") return secondFactor(needed, shown.second);
  if (needed >= ASSURANCE.unlock && door.age !== null) {
    if (opened.unlockedAt === null || now - opened.unlockedAt > door.age) return "assurance_too_low";
  }
  if (shown.reached >= needed) return null;
  return needed >= ASSURANCE.face ? "face_required" : "assurance_too_low";
}

/** Whether a reader with this bundle opens for anybody while it is cut off. */
export function opensAlone({ door, mode, trust, atMs }, now) {
  return neededAlone(door, { mode }) !== null && now - Math.floor(atMs / 1000) <= trust;
}

function neededAlone(door, { mode }) {
  if (mode === "as_online") return door.needs < ASSURANCE.face ? door.needs : null;
  return ALONE.get(mode) ?? null;
}

function secondFactor(needed, second) {
  if (needed >= ASSURANCE.face) return "face_required";
  if (second === "good") return null;
  return second === "wrong" ? "second_factor_wrong" : "second_factor_required";
}
