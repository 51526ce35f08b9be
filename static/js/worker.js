// A page without network: the wallet, the reader. The server puts `SHELL` before this text: name and address of the page,
// and of every file that it loads the hash of its content. A version is kept under the hash of all of them and serves
// only once it is whole.
const NAME = `sallyport-${SHELL.name}-`;

async function hashed(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

const version = hashed(new TextEncoder().encode(JSON.stringify(SHELL))).then((hash) => NAME + hash);

async function keep(cache, address, hash) {
  const answer = await fetch(address, { cache: "reload", credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  // A file of another version (it changed while we fetched): this one is not whole, the old one serves on.
  const content = await answer.clone().arrayBuffer();
  if ((await hashed(content)) !== hash) throw new Error(`${address} is of another version`);
  await cache.put(address, answer);
}

async function install() {
  const name = await version;
  try {
    const cache = await caches.open(name);
    await Promise.all(Object.entries(SHELL.files).map(([address, hash]) => keep(cache, address, hash)));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

async function activate() {
  const own = await version;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(NAME) && name !== own).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// A page that has all its files lets the next version take over; not while another one may still be loading.
async function takeOver() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length <= 1) await self.skipWaiting();
}

async function answered(request, address) {
  // Not opened, which would make it: where the page was wiped there is none, and none must come back.
  return (await caches.match(address, { cacheName: await version })) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver());
});
// Only the files of the shell: what the server says of a phone, a reader or a person is never kept here.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const address = request.mode === "navigate" && pathname === SHELL.page ? SHELL.page : pathname;
  if (Object.hasOwn(SHELL.files, address)) event.respondWith(answered(request, address));
});
