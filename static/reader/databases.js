// Databases of the browser: opened, and deleted though another window may have them open.

/** `made(database)` where it is new. `gone()`: another window deletes it, and this connection is closed. */
export function opened(name, made, gone) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => made(request.result);
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => {
        database.close();
        gone();
      };
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Delete it; while a window of an earlier version has it open, as soon as that one is closed. */
export function deleted(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onblocked = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
