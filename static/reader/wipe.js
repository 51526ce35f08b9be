// What is left when the key is destroyed: the worker, its files, both databases. In a page that has served nobody, so
// that nothing of the reader is in its memory either.
import * as book from "./offline/book.js";
import * as store from "./store.js";

const FILES = "sallyport-reader-"; // as the worker names them; those of other pages of this address stay

/** The page's address ends with it where the page says that it was wiped. */
export const MARK = "#wiped";

/** Destroy the rest. What was done before a browser was ended is done again: the mark in the store goes last. */
export async function destroyRest(scope) {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  await registration?.unregister();
  const names = (await globalThis.caches?.keys()) ?? [];
  await Promise.all(names.filter((name) => name.startsWith(FILES)).map((name) => caches.delete(name)));
  await book.destroy();
  await store.destroy();
}
