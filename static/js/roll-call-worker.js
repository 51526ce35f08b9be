// The roll-call without network: the last list, for twelve hours, on this device alone.
//
// Whoever is signed out, or may not see it any more, takes it from here as well: so does the console's sign-out.
const PAGE = "/visitors/roll-call/";
const LISTS = "sallyport-roll-call-list";
const FILES = "sallyport-roll-call-files";
const OLDEST = 12 * 3_600_000; // milliseconds
const PATIENCE = 6_000; // as long the network may take before the kept list is shown instead
const KEPT_AT = "x-kept-at";

async function forget() {
  await caches.delete(LISTS);
}

async function keep(answer) {
  const text = await answer.text();
  const headers = new Headers({ "content-type": "text/html; charset=utf-8", [KEPT_AT]: String(Date.now()) });
  const policy = answer.headers.get("content-security-policy");
  if (policy) headers.set("content-security-policy", policy);
  await forget(); // one list and no second
  const cache = await caches.open(LISTS);
  await cache.put(PAGE, new Response(text.replace('data-kept="no"', 'data-kept="yes"'), { headers }));
}

async function kept() {
  const found = await caches.match(PAGE, { cacheName: LISTS });
  if (!found) return undefined;
  const age = Date.now() - Number(found.headers.get(KEPT_AT));
  if (age >= 0 && age < OLDEST) return found;
  await forget();
  return undefined;
}

function nothing() {
  const text =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Roll-call</title><h1>No list on this device</h1><p>There is no network, and no roll-call of the last twelve hours is kept here.</p></html>';
  return new Response(text, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
}

function later(milliseconds) {
  return new Promise((_, fail) => setTimeout(fail, milliseconds, new Error("too slow")));
}

async function opened(event) {
  const asked = fetch(event.request);
  asked.catch(() => {}); // it may fail after the kept list was shown
  let answer;
  try {
    answer = await Promise.race([asked, later(PATIENCE)]);
  } catch {
    return (await kept()) ?? asked.catch(nothing);
  }
  // To the sign-in page, or not allowed any more.
  if (answer.type === "opaqueredirect" || answer.redirected || [401, 403, 404].includes(answer.status)) {
    await forget();
  } else if (answer.ok) {
    const copy = answer.clone();
    event.waitUntil(keep(copy));
  } else if (answer.status >= 500) {
    return (await kept()) ?? answer;
  }
  return answer;
}

async function file(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      const copy = answer.clone();
      event.waitUntil(caches.open(FILES).then((cache) => cache.put(request.url.split("#")[0], copy)));
    }
    return answer;
  } catch (error) {
    const found = await caches.match(request.url.split("#")[0], { cacheName: FILES });
    if (found) return found;
    throw error;
  }
}

// The first time the page came before its worker: it tells which one it is, and always what it has loaded.
async function told({ page, files }) {
  if (page) {
    const answer = await fetch(page, { redirect: "manual" });
    if (answer.ok) await keep(answer);
  }
  const cache = await caches.open(FILES);
  const wanted = files.filter((address) => new URL(address).origin === location.origin);
  await Promise.all(wanted.map((address) => cache.add(address).catch(() => {})));
  for (const request of await cache.keys()) if (!wanted.includes(request.url)) await cache.delete(request);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([kept(), self.clients.claim()])));
self.addEventListener("message", (event) => {
  if (event.data?.kind !== "keep") return;
  const done = told(event.data).then(() => event.source?.postMessage("kept"));
  event.waitUntil(done);
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(opened(event));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event));
});
