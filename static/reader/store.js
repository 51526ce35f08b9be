// What a reader keeps over a restart: its key (never readable by a script), its counter, what it has applied.
import { deleted, opened } from "./databases.js";

const DATABASE = "sallyport-reader";
const STORE = "reader";

let database = null;

function open() {
  const made = (fresh) => fresh.createObjectStore(STORE);
  return opened(DATABASE, made, () => {
    database = null;
  });
}

async function inStore(mode, deed) {
  database ??= open();
  const held = await database;
  return new Promise((resolve, reject) => {
    // Strict: the counter must be on the disk before the number is used.
    const transaction = held.transaction(STORE, mode, { durability: "strict" });
    const request = deed(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const canKeep = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);

/** identity {privateKey, publicKey, ...}, counter, point {epoch, seq}, checkpoint {number, hash, ...}, outcomes,
 * keys {atMs, sets}, contact {token, nonce}, shut (why the server lets it open nothing), wiped. */
export const get = (name) => inStore("readonly", (store) => store.get(name));
export const put = (name, value) => inStore("readwrite", (store) => store.put(value, name));
export const clear = () => inStore("readwrite", (store) => store.clear());

/** Put what `make` makes of the value, in one transaction with the reading; returns it. */
export async function change(name, make) {
  let made;
  await inStore("readwrite", (store) => {
    const request = store.get(name);
    request.onsuccess = () => {
      made = make(request.result);
      store.put(made, name);
    };
    return request;
  });
  return made;
}

/** Destroy the key and all that is here, in one transaction, and keep that it was so: the rest must follow. */
export function wipe() {
  return inStore("readwrite", (store) => {
    store.clear();
    return store.put(true, "wiped");
  });
}

/** The database itself. */
export async function destroy() {
  (await database)?.close();
  database = null;
  await deleted(DATABASE);
}

/** Ask the browser not to evict the key when space runs short. A refusal is no error. */
export async function askToPersist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
