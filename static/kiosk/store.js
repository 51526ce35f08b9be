// What a kiosk keeps over a restart: its key (never readable by a script), how it is set up, and sign-ins that were
// taken without network. These are sealed: nothing here can read them back. Nothing else of any visitor is ever here.
import { deleted, opened } from "../reader/databases.js";

const DATABASE = "sallyport-kiosk";
const KEPT = "kiosk";
const SEALED = "sealed";

let database = null;

function open() {
  const made = (fresh) => {
    fresh.createObjectStore(KEPT);
    fresh.createObjectStore(SEALED, { keyPath: "id" });
  };
  return opened(DATABASE, made, () => {
    database = null;
  });
}

async function inStores(names, mode, deed) {
  database ??= open();
  const held = await database;
  return new Promise((resolve, reject) => {
    const transaction = held.transaction(names, mode, { durability: "strict" });
    const request = deed((name) => transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const canKeep = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB);

/** identity {privateKey, publicKey, company, companyId, companyName, kiosk, name, sealKey}, candidate, state. */
export const get = (name) => inStores([KEPT], "readonly", (store) => store(KEPT).get(name));
export const put = (name, value) => inStores([KEPT], "readwrite", (store) => store(KEPT).put(value, name));

/** A sealed sign-in {id, taken_at, sealed}, as it is handed in. */
export const keepSealed = (item) => inStores([SEALED], "readwrite", (store) => store(SEALED).put(item));
export const countSealed = () => inStores([SEALED], "readonly", (store) => store(SEALED).count());
export const someSealed = (most) => inStores([SEALED], "readonly", (store) => store(SEALED).getAll(null, most));

/** Those that the server has taken go. */
export function dropSealed(ids) {
  return inStores([SEALED], "readwrite", (store) => {
    for (const id of ids) store(SEALED).delete(id);
  });
}

/** Destroy the key and all that is here, in one transaction. */
export async function wipe() {
  await inStores([KEPT, SEALED], "readwrite", (store) => {
    store(SEALED).clear();
    return store(KEPT).clear();
  });
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
