// The service worker by which the wallet opens without signal.
const WORKER = "/wallet/worker.js";
const SCOPE = "/wallet/";

function takeOver(registration) {
  // This page has all its files: the next one may come from the new version.
  registration.waiting?.postMessage("take over");
}

/** Keep the wallet on this phone. A browser that cannot shows it with signal alone. */
export async function keepWallet() {
  try {
    const registration = await navigator.serviceWorker?.register(WORKER, { scope: SCOPE, updateViaCache: "none" });
    if (!registration) return;
    takeOver(registration);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => coming.state === "installed" && takeOver(registration));
    });
  } catch (error) {
    console.info("the wallet is not kept on this phone", error);
  }
}
