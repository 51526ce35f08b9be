// The phone's key: P-256, made here, kept in IndexedDB, never readable by any script (extractable: false).
import { inStore } from "./store.js";

export { CannotKeep } from "./store.js";

const ONLY = "device";
// Outside the database: a page that finds this and no key knows that the key was lost, not never made.
const MARK = "sallyport-bound";

export function canKeep() {
  return Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);
}

/** The phone's record {privateKey, publicKey (base64url of 65 bytes), keyid, language} or undefined. */
export function kept() {
  return inStore("readonly", (store) => store.get(ONLY));
}

export function keep(record) {
  return inStore("readwrite", (store) => store.put(record, ONLY));
}

/** Everything that this phone knows goes. */
export async function forget() {
  await inStore("readwrite", (store) => store.clear());
  mark(false);
}

function mark(bound) {
  try {
    if (bound) localStorage.setItem(MARK, "1");
    else localStorage.removeItem(MARK);
  } catch {
    // no such storage: a lost key then looks like one that never was
  }
}

/** Whether a key was made here that is no longer there: parts of the browser's data were cleared. */
export function wasBound() {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

/** Whether the record still has its key: a phone restored from a backup has the record alone. */
export async function usable(record) {
  if (!(record.privateKey instanceof CryptoKey)) return false;
  try {
    await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, record.privateKey, new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}

export function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

export function utf8(text) {
  return new TextEncoder().encode(text);
}

// RFC 7638: the required members in this order, without spaces.
async function thumbprint(publicKey) {
  const { x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const jwk = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`;
  return base64url(await crypto.subtle.digest("SHA-256", utf8(jwk)));
}

/** A new key, kept before anybody hears of it: an answer that is lost on the way loses nothing. */
export async function made() {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const record = {
    privateKey: pair.privateKey,
    publicKey: base64url(await crypto.subtle.exportKey("raw", pair.publicKey)),
    keyid: `device:${await thumbprint(pair.publicKey)}`,
  };
  await keep(record);
  mark(true);
  return record;
}

/** Whether the page was opened from the home screen, not in a tab. */
export function onHomeScreen() {
  return navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
}

/** Ask the browser not to evict the key when space runs short. A refusal is no error. */
export async function askToPersist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
