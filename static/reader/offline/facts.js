// The facts of a decision as JSON text, byte by byte as sallyport/rules/record.py writes them: the server decides again
// from them.
const VERSION = 1;
const FACE = 3;

/** A text as JSON in ASCII alone. */
export function quote(text) {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const maybe = (value) => (value === null ? "null" : String(value));

function watchText([enters, passback, seconds, capacity]) {
  return `[${enters},${quote(passback)},${seconds},${maybe(capacity)}]`;
}

/** The door's part of the facts; made once for each bundle. */
export function doorText(door) {
  return (
    `"at":${door.at},"door":${door.door},"area":${door.area},"zone":${quote(door.zone)},"mode":${quote(door.mode)},` +
    `"locked":${door.locked},"needs":${door.needs},"age":${maybe(door.age)},"challenge":${door.challenge},` +
    `"unlock":${door.unlock ? JSON.stringify(door.unlock) : "null"}` +
    (door.watch ? `,"watch":${watchText(door.watch)}` : "")
  );
}

function holderText(credential) {
  if (credential === null) return '"credential":null,"holder":null';
  const { handle, state, validFrom, validUntil, profile, holderState, holderKind } = credential;
  return (
    `"credential":[${handle},${quote(state)},${maybe(validFrom)},${maybe(validUntil)},${profile}],` +
    `"holder":[${quote(holderState)},${quote(holderKind)}]`
  );
}

function deviceText(device) {
  return device === null
    ? '"device":null'
    : `"device":[${device.handle},${quote(device.state)},${maybe(device.credential)}]`;
}

function grantsText(door, grants) {
  const held = grants.map(({ level, validFrom, validUntil }) => `[${level},${maybe(validFrom)},${maybe(validUntil)}]`);
  const levels = [...new Set(grants.map(({ level }) => level))].map(
    (level) => `[${level},${JSON.stringify(door.levels.get(level))}]`,
  );
  return `"grants":[${held.join(",")}],"levels":[${levels.join(",")}]`;
}

function moreText({ door, shown: { opened, second }, credential, offline, inside }) {
  let more = "";
  if (opened.kind === "day_pass") more = `"second":"${second}",`;
  else if (opened.challenged) more = '"challenged":true,';
  if (offline !== null) more += `"offline":[${quote(offline.mode)},${offline.trust},${offline.listAt},${offline.life}],`;
  if (inside !== null) more += `"inside":[${maybe(inside.since)},${inside.people}],`;
  const asked = door.needs >= FACE && offline === null && credential !== null;
  if (asked && credential.faceConsent !== null) more += `"consent":${credential.faceConsent},`;
  return more;
}

/** The facts; of all grants only `grants`, those that decided, with the schedules of their levels here. */
export function writeFacts({ now, door, local, shown, credential, device, grants, offline, inside }) {
  const { opened } = shown;
  const { contents } = opened;
  const days = local ? [local.day - 1, local.day] : [];
  const code = [contents.credential, contents.device, contents.profile, contents.flags, contents.issued, contents.nonce];
  return (
    `{"v":${VERSION},"now":${now},${door.text},"special":[${days.filter((day) => door.special.has(day)).join(",")}],` +
    `"reached":${shown.reached},"code":[${quote(opened.kind)},${opened.keyId},${code.join(",")}],` +
    `${moreText({ door, shown, credential, offline, inside })}${holderText(credential)},${deviceText(device)},${grantsText(door, grants)}}`
  );
}

/** The facts of a refusal that came before the rules. */
export function writeRefusal(reason, now, accessPoint) {
  return `{"v":${VERSION},"now":${now},"at":${maybe(accessPoint)},"refused":"${reason}"}`;
}
