// What a reader keeps over a restart: its key (never readable by a script), its counter, what it has applied.
const DATABASE = "sallyport-reader";
const STORE = "reader";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

let database = null;

async function inStore(mode, deed) {
  database ??= opened();
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
 * keys {atMs, sets}. */
export const get = (name) => inStore("readonly", (store) => store.get(name));
export const put = (name, value) => inStore("readwrite", (store) => store.put(value, name));
export const clear = () => inStore("readwrite", (store) => store.clear());

/** Ask the browser not to evict the key when space runs short. A refusal is no error. */
export async function askToPersist() {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
