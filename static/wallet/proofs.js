// Pass and proof as the digits of one code: docs/code-format.md. The proof is this phone's signature over the pass.
import { utf8 } from "./keys.js";

const SEALED_BYTES = 140;
const PREFIX = "201";
const DIGITS = 501;
const CONTEXT = "sallyport/code/proof/1\0";
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function number(bytes) {
  let digits = "0x";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return BigInt(digits);
}

function bytes32(value) {
  const digits = value.toString(16).padStart(64, "0");
  return Uint8Array.from({ length: 32 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

function u32(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Of the two spellings of a signature (r||s) the one that codes take: the lower s. */
export function lowerS(signature) {
  const s = number(signature.subarray(32));
  return s <= ORDER >> 1n ? signature : joined(signature.subarray(0, 32), bytes32(ORDER - s));
}

/**
 * 504 digits. `pass` {sealed: 140 bytes, company: 16 bytes}; `at` unix seconds; `challenge` the number that the door
 * shows, 0 where it shows none: it is signed and not sent.
 */
export async function prove(privateKey, pass, at, challenge = 0) {
  if (pass.sealed.length !== SEALED_BYTES || pass.company.length !== 16) throw new RangeError("not a pass");
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", pass.sealed));
  const message = joined(utf8(CONTEXT), pass.company, hash, u32(at), u32(challenge));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, message);
  const whole = joined(pass.sealed, u32(at), lowerS(new Uint8Array(signature)));
  return PREFIX + number(whole).toString().padStart(DIGITS, "0");
}
