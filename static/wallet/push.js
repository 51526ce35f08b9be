// Whether this browser takes pushes, and its subscription: made with the company's key, so that nobody else's arrive.
import { base64url, fromBase64url } from "./keys.js";

export class PushRefused extends Error {}

export function canPush() {
  return "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
}

/** What the server keeps of the subscription. Throws PushRefused where the browser or its user does not want it. */
export async function subscribe(key) {
  if ((await Notification.requestPermission()) !== "granted") throw new PushRefused();
  const { pushManager } = await navigator.serviceWorker.ready;
  try {
    const held = await pushManager.getSubscription();
    // One that was made under another key would never be pushed to.
    const other = held && base64url(held.options.applicationServerKey) !== key;
    if (other) await held.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(key) });
    const { endpoint, keys } = made.toJSON();
    return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
  } catch {
    throw new PushRefused();
  }
}

export async function unsubscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
}
