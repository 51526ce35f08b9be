// Sign-ins that were taken without network, handed in when there is one again.
import { call, Refusal } from "./requests.js";
import * as store from "./store.js";

const SEALED = "kiosk/sealed";
const MOST_ITEMS = 50;
const MOST_BYTES = 180_000; // of one request; a single sign-in may be larger
const REFUSED = new Set(["malformed", "too_large"]); // what no second try makes better
const NOTHING = "AA=="; // in the place of what the server will not even look at

/** As many of these as one request may carry. */
function packed(items) {
  let bytes = 0;
  return items.filter((item, place) => {
    bytes += item.sealed.length + 120;
    return place === 0 || bytes < MOST_BYTES;
  });
}

/** Which of these the server has taken. */
async function taken(items) {
  return (await call(SEALED, { items }, { within: 30_000 })).taken;
}

const isRefused = (error) => error instanceof Refusal && REFUSED.has(error.code);

/** One by itself. What is refused leaves a line without contents, so that reception hears that there was somebody. */
async function alone(item) {
  try {
    return await taken([item]);
  } catch (error) {
    if (!isRefused(error)) throw error;
    return await taken([{ ...item, sealed: NOTHING }]);
  }
}

/** All of these, or where the request was refused one after the other: one that is broken holds up no other. */
async function handedIn(items) {
  try {
    return await taken(items);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  const found = [];
  for (const item of items) {
    const ids = await alone(item);
    await store.dropSealed(ids);
    found.push(...ids);
  }
  return found;
}

/**
 * Hand in what is held, until nothing is left or nothing more is taken; returns how many are still held. Throws Refusal
 * or NoNetwork, and holds what was not taken.
 */
export async function handIn() {
  for (;;) {
    const items = packed(await store.someSealed(MOST_ITEMS));
    if (items.length === 0) return 0;
    const ids = await handedIn(items);
    await store.dropSealed(ids);
    if (ids.length === 0) return await store.countSealed();
  }
}
