// The console's live line. The socket only hints that something happened; what it was the page asks for by
// itself, so that the same way works without the socket: then it asks every few seconds.

const POLL = 3000;
const PAUSES = [500, 1000, 2000, 5000, 10000];
const OVER = new Set([4401, 4403, 4404]); // signed out, not allowed, unknown host: no use in trying again

let failures = 0;
let polling = null;

function shout(name) {
  document.body.dispatchEvent(new CustomEvent(`live:${name}`));
}

function say(state, text) {
  for (const sign of document.querySelectorAll("[data-live]")) {
    sign.dataset.live = state;
    sign.querySelector("[data-live-text]").textContent = text;
  }
}

function poll() {
  polling ??= window.setInterval(() => {
    shout("scans");
    shout("acks");
    shout("alarms");
    shout("visits");
  }, POLL);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/console/live`);
  socket.addEventListener("message", (event) => {
    const hint = JSON.parse(event.data).t;
    if (hint === "ready") {
      failures = 0;
      window.clearInterval(polling);
      polling = null;
      say("on", "Live");
      shout("scans"); // whatever happened while the line was down
      shout("acks");
      shout("alarms");
      shout("visits");
    } else {
      shout(hint);
    }
  });
  socket.addEventListener("close", (event) => {
    if (OVER.has(event.code)) {
      window.clearInterval(polling);
      say("off", "Not live: sign in again");
      return;
    }
    say("slow", "Every 3 seconds");
    poll();
    window.setTimeout(connect, PAUSES[Math.min(failures, PAUSES.length - 1)]);
    failures += 1;
  });
}

// The feed: newer lines come in on top, the oldest leave at the end, nothing else moves.
function feeds() {
  const list = document.querySelector("[data-feed]");
  if (!list) return;
  let busy = false;
  let again = false;

  async function ask() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(`${list.dataset.feed}?after=${list.dataset.newest}`, { redirect: "error" });
      if (answer.ok) put(await answer.text());
    } catch {
      // the line is down: the next hint or the next round asks again
    }
    busy = false;
    if (again) {
      again = false;
      ask();
    }
  }

  function put(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const lines = [...fresh.content.querySelectorAll("[data-event]")];
    if (lines.length === 0) return;
    document.querySelector("[data-feed-empty]")?.remove();
    list.dataset.newest = lines[0].dataset.event;
    list.prepend(...lines);
    while (list.children.length > Number(list.dataset.most)) list.lastElementChild.remove();
  }

  document.body.addEventListener("live:scans", ask);
}

feeds();
connect();
