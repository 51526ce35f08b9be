// The phone's store in IndexedDB: its key, its pass, and the second of its last proof. One transaction, one deed.
const DATABASE = "sallyport-wallet";
const STORE = "key";

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

/** What the request that `deed(store)` returns resulted in, once its transaction is complete. */
export async function inStore(mode, deed) {
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
