// The service worker by which a page opens without network.

function takeOver(registration) {
  // This page has all its files: the next one may come from the new version.
  registration.waiting?.postMessage("take over");
}

/** Keep the page on this device: `worker` serves what lies below `scope`. A browser that cannot shows it online alone. */
export async function keepPage(worker, scope) {
  try {
    const registration = await navigator.serviceWorker?.register(worker, { scope, updateViaCache: "none" });
    if (!registration) return;
    takeOver(registration);
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => coming.state === "installed" && takeOver(registration));
    });
  } catch (error) {
    console.info("this page is not kept on this device", error);
  }
}
