// Behind the worker of the wallet's page: what is pushed to a host, and where a touch of it leads. A push holds a
// sentence and the visit's id; who it is, the page asks with its key.
async function openVisits() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname === SHELL.page);
  if (!page) return self.clients.openWindow(`${SHELL.page}#visits`);
  page.postMessage("visits");
  return page.focus().catch(() => undefined); // some browsers want a touch of their own: the page has heard it
}

async function tellPages() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage("visits changed");
}

function pushed(event) {
  try {
    return event.data.json();
  } catch {
    return {}; // every push has to be shown; this one says nothing
  }
}

self.addEventListener("push", (event) => {
  const { title = "Sallyport", body = "", kind = "notice", visit = null } = pushed(event);
  const told = { body, tag: visit ?? kind, renotify: true, icon: "/static/img/wallet-192.png", data: { visit } };
  event.waitUntil(Promise.all([self.registration.showNotification(title, told), tellPages()]));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openVisits());
});
