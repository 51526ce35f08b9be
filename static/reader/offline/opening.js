// Opening codes: sallyport/codes/opening.py. Digits in, verified contents out, or one reason.
import { aessiv } from "../../vendor/noble-ciphers/aes.js";
import { concat, context, sha256, u32, u8 } from "../bytes.js";
import { verifier } from "../keys.js";
import { hasLowerS, toBytes, whole } from "./points.js";

const VERSION = 1;
const SIGNATURE = 64;
const TOLERANCE = 2; // seconds, both sides of a live code's life
const MOST_MINUTES = 127;
const SEALED_PASS = 140;
const LONGEST_PASS = 24 * 3600;
const PROOF_STEP = 30;
const PROOF_NONCE = 2 ** 32;
const NO_NUMBER = 0;
const NO_NUMBERS = [NO_NUMBER];
const LIVE = { format: 1, prefix: "101", size: 103, digits: 249 };
const PASS = { format: 2, prefix: "201", size: 208, digits: 501 };
const DAY_PASS = { format: 3, prefix: "301", size: 103, digits: 249 };
const LAYOUTS = new Map([LIVE, PASS, DAY_PASS].map((shape) => [shape.prefix, shape]));
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const ECDSA = { name: "ECDSA", hash: "SHA-256" };

/** The code does not open; `reason` is why. */
export class CodeRefused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

function refuse(reason) {
  throw new CodeRefused(reason);
}

/** One key set that opens codes. Times are unix seconds, `notAfter` null while the set is in use. */
export class OpeningKeys {
  constructor(company, { keyId, seal, notBefore, notAfter }, verify) {
    Object.assign(this, { company, keyId, notBefore, notAfter, verify });
    const bound = (name, format) => concat(context(name), u8(format), u8(VERSION), company, u32(keyId));
    this.bound = new Map(
      [LIVE, PASS, DAY_PASS].map(({ format }) => [
        format,
        [aessiv(seal, bound("sallyport/code/seal/1", format)), bound("sallyport/code/sign/1", format)],
      ]),
    );
  }

  static async made(company, set) {
    return new OpeningKeys(company, set, await verifier(set.verify));
  }

  /** The contents behind SIV and ciphertext, signature verified. */
  async unseal(format, sealed) {
    const [seal, signed] = this.bound.get(format);
    let inner;
    try {
      inner = seal.decrypt(sealed);
    } catch {
      refuse("bad_seal");
    }
    const contents = inner.subarray(0, -SIGNATURE);
    if (!(await this.verify(concat(signed, contents), inner.subarray(-SIGNATURE)))) refuse("bad_signature");
    return contents;
  }

  /** Whether the set was in use at `issued`: a retired set that leaks makes nothing new. */
  issuesAt(issued) {
    return this.notBefore <= issued && (this.notAfter === null || issued <= this.notAfter);
  }
}

export const minutesOf = (flags) => (flags & 1 ? flags >> 1 : null);
const knownFlags = (flags) => flags === 0 || (flags & 1) === 1;

function openedCode({ kind, contents, issued, keyId, challenged = false }) {
  const minutes = minutesOf(contents.flags);
  return {
    kind,
    contents,
    issued,
    keyId,
    challenged,
    unlockedAt: minutes === null ? null : issued - 60 * minutes,
    // What makes a code used; a day pass is not used up.
    use: kind === "day_pass" ? null : `${contents.device} ${contents.issued} ${contents.nonce}`,
  };
}

function bytesOf(shape, text) {
  const good = text.length === 3 + shape.digits && /^[0-9]+$/.test(text) && text.startsWith(shape.prefix);
  return (good ? toBytes(BigInt(text.slice(3)), shape.size) : null) ?? refuse("malformed");
}

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function inTime(now, first, last) {
  if (now < first) refuse("not_yet_valid");
  if (now > last) refuse("expired");
}

/**
 * Open a code at unix second `now`, with the company's `life` of live codes in seconds. `keys` are OpeningKeys by key
 * id; `foreign(keyId)` is true for one of another company; `challenges` are the numbers that the door shows, any of
 * which a proof may be over; 0 among them lets a proof over no number pass. Throws CodeRefused.
 */
export async function openCode(text, { keys, foreign, now, life, challenges = NO_NUMBERS }) {
  const shape = LAYOUTS.get(text.slice(0, 3)) ?? LIVE;
  const data = bytesOf(shape, text);
  const keyId = viewOf(data).getUint32(0);
  const key = keys.get(keyId) ?? refuse(foreign(keyId) ? "wrong_company" : "unknown_key");
  if (shape === LIVE) return openLive(data, key, now, life);
  if (shape === PASS) return openPass(data, key, now, challenges);
  return openDayPass(data, key, now);
}

async function openLive(data, key, now, life) {
  const view = viewOf(await key.unseal(LIVE.format, data.subarray(4)));
  const issued = view.getUint32(11);
  const contents = {
    credential: view.getUint32(0),
    device: view.getUint32(4),
    profile: view.getUint16(8),
    flags: view.getUint8(10),
    issued,
    nonce: view.getUint32(15),
  };
  if (!knownFlags(contents.flags)) refuse("malformed");
  if (!key.issuesAt(issued)) refuse("unknown_key");
  inTime(now, issued - TOLERANCE, issued + life + TOLERANCE);
  return openedCode({ kind: "live", contents, issued, keyId: key.keyId });
}

function passContents(bytes) {
  const view = viewOf(bytes);
  return {
    credential: view.getUint32(0),
    device: view.getUint32(4),
    profile: view.getUint16(8),
    flags: view.getUint8(10),
    deviceKey: bytes.subarray(11, 44),
    issued: view.getUint32(44),
    expires: view.getUint32(48),
    unlockedUntil: view.getUint32(52),
  };
}

async function openPass(data, key, now, challenges) {
  const sealed = data.subarray(0, SEALED_PASS);
  const told = passContents(await key.unseal(PASS.format, sealed.subarray(4)));
  const lasts = told.issued < told.expires && told.expires <= told.issued + LONGEST_PASS;
  if (!knownFlags(told.flags) || !lasts) refuse("malformed");
  if (!key.issuesAt(told.issued)) refuse("unknown_key");
  const at = viewOf(data).getUint32(SEALED_PASS);
  const proof = { at, signature: data.subarray(SEALED_PASS + 4), digest: await sha256(sealed) };
  const over = await provenOver(told, proof, key.company, challenges);
  // A phone's clock may be a step ahead of the server's when it makes its first proof over a fresh pass.
  inTime(at, told.issued - PROOF_STEP, told.expires);
  inTime(now, Math.max(told.issued - TOLERANCE, at - PROOF_STEP), at + 2 * PROOF_STEP);
  if (now > told.expires + TOLERANCE) refuse("expired");
  if (over === null) refuse("wrong_door");
  const { credential, device, profile } = told;
  const contents = { credential, device, profile, flags: proofFlags(told, at), issued: at, nonce: PROOF_NONCE };
  return openedCode({ kind: "pass", contents, issued: at, keyId: key.keyId, challenged: over !== NO_NUMBER });
}

// A number is signed and not sent: at a door that asks for one, a forged proof and one for another door look the same,
// and only later reasons than its time may be told of it.
async function provenOver(told, { at, signature, digest }, company, challenges) {
  const point = whole(told.deviceKey) ?? refuse("malformed");
  const device = await crypto.subtle.importKey("raw", point, P256, false, ["verify"]);
  if (!hasLowerS(signature)) refuse("bad_signature");
  for (const challenge of challenges) {
    const signed = concat(context("sallyport/code/proof/1"), company, digest, u32(at), u32(challenge));
    if (await crypto.subtle.verify(ECDSA, device, signature, signed)) return challenge;
  }
  if (challenges.includes(NO_NUMBER)) refuse("bad_signature");
  return null;
}

/** The flags of a live code issued at the time of the proof: minutes since the unlock, rounded up. */
function proofFlags({ flags, unlockedUntil }, at) {
  const lasts = minutesOf(flags);
  if (lasts === null || at > unlockedUntil) return 0;
  const since = Math.max(0, Math.ceil((at - (unlockedUntil - 60 * lasts)) / 60));
  return since <= MOST_MINUTES ? (since << 1) | 1 : 0;
}

async function openDayPass(data, key, now) {
  const view = viewOf(await key.unseal(DAY_PASS.format, data.subarray(4)));
  const [begins, ends] = [view.getUint32(11), view.getUint32(15)];
  if (view.getUint8(10) !== 0 || begins >= ends) refuse("malformed");
  // Made ahead of its window, it does not tell when: a set that is not in use yet has made nothing so far.
  if (now < key.notBefore - TOLERANCE) refuse("unknown_key");
  inTime(now, begins, ends);
  const [credential, visit, profile] = [view.getUint32(0), view.getUint32(4), view.getUint16(8)];
  const contents = { credential, device: 0, profile, flags: 0, issued: begins, nonce: visit };
  return openedCode({ kind: "day_pass", contents, issued: begins, keyId: key.keyId });
}
