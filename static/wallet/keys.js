// The phone's key: P-256, made here, kept in IndexedDB, never readable by any script (extractable: false).
const DATABASE = "sallyport-wallet";
const STORE = "key";
const ONLY = "device";

export class CannotKeep extends Error {}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new CannotKeep());
    request.onblocked = () => reject(new CannotKeep());
  });
}

async function inStore(mode, deed) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = deed(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(new CannotKeep());
      transaction.onabort = () => reject(new CannotKeep());
    });
  } finally {
    database.close();
  }
}

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

export function forget() {
  return inStore("readwrite", (store) => store.delete(ONLY));
}

export function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

export function base64url(bytes) {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
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
  return record;
}

/** Ask the browser not to evict the key when space runs short. A refusal is no error. */
export async function askToPersist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
