// What a device keeps of the roll-call, and how it is taken away.

export const TICKS = "sallyport-roll-call";
const CACHES = ["sallyport-roll-call-list", "sallyport-roll-call-files"];

/** Nothing of it stays on this device. */
export async function forgetRollCall() {
  localStorage.removeItem(TICKS);
  if ("caches" in window) await Promise.all(CACHES.map((name) => caches.delete(name)));
}
