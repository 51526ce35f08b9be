// Sign-ins that were taken without network, handed in when there is one again.
import { call } from "./requests.js";
import * as store from "./store.js";

const SEALED = "kiosk/sealed";
const MOST_ITEMS = 50;
const MOST_BYTES = 180_000; // of one request; a single sign-in may be larger

/** As many of these as one request may carry. */
function packed(items) {
  let bytes = 0;
  return items.filter((item, place) => {
    bytes += item.sealed.length + 120;
    return place === 0 || bytes < MOST_BYTES;
  });
}

/**
 * Hand in what is held, until nothing is left or nothing more is taken; returns how many are still held. Throws Refusal
 * or NoNetwork, and holds what was not taken.
 */
export async function handIn() {
  for (;;) {
    const items = packed(await store.someSealed(MOST_ITEMS));
    if (items.length === 0) return 0;
    const { taken } = await call(SEALED, { items }, { within: 30_000 });
    await store.dropSealed(taken);
    if (taken.length === 0) return await store.countSealed();
  }
}
