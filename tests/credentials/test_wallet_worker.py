"""The wallet without a network: it opens, keeps no answer of the API, and never mixes two versions."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from deploy.local.processes import wait_until
from tests.credentials.wallet import HOST
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
HASH_OF_NOTHING = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

VERSIONS = "async () => (await caches.keys()).filter((name) => name.startsWith('sallyport-wallet-'))"
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""
# Whether no version waits any more, within a second of the page's opening.
TAKEN_OVER = """async () => {
  const registration = await navigator.serviceWorker.ready;
  for (let tries = 0; registration.waiting && tries < 20; tries += 1)
    await new Promise((go) => setTimeout(go, 50));
  return !registration.waiting;
}"""
# Asks for the worker anew; resolves once the new one is installed or has failed.
UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/wallet/");
  const failed = await registration.update().then(() => "", (error) => error.name);
  const coming = registration.installing;
  if (!coming) return failed || "nothing";
  if (coming.state !== "installing") return coming.state;
  return await new Promise((resolve) => coming.addEventListener("statechange", () => resolve(coming.state)));
}"""


def changed(files: dict[str, str]) -> str:
    """What the server would say of its next version: other hashes, or more files."""
    return f"SHELL.script = 'next';\nObject.assign(SHELL.files, {json.dumps(files)});\n"


class Between:
    """Stands between phone and server: changes the worker's text, serves files that are not there."""

    def __init__(self, live: Live) -> None:
        self.port, self.more, self.files = live.place.port, "", dict[str, bytes]()
        self.gone = False  # nobody is there
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                between.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the test says what it saw."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        if self.gone:
            asked.connection.close()
            return None
        if asked.path in self.files:
            return self.tell(asked, 200, {"Content-Type": "text/javascript"}, self.files[asked.path])
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", asked.path, headers={"Host": asked.headers["Host"]})
        answer = line.getresponse()
        body = answer.read()
        line.close()
        if asked.path == "/wallet/worker.js":
            body = body.replace(b"\n};\n", b"\n};\n" + self.more.encode(), 1)
        names = ("Content-Type", "Cache-Control", "Content-Security-Policy")
        headers = {name: value for name in names if (value := answer.getheader(name))}
        return self.tell(asked, answer.status, headers, body)

    def tell(self, asked: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
        asked.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            asked.send_header(name, value)
        asked.end_headers()
        asked.wfile.write(body)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server.server_address[1]}/wallet/"


@pytest.fixture
def server(live_stack: Live) -> Iterator[Between]:
    made = Between(live_stack)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def kept(server: Between, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.address)
    until(page, "() => navigator.serviceWorker.controller !== null")
    yield page
    context.close()


def until(page: Page, holds: str) -> None:
    """The page's policy forbids the waiting that evaluates text in it: ask from here."""
    assert wait_until(lambda: bool(page.evaluate(holds)), seconds=20, alive=lambda: not page.is_closed())


def opens_without_a_network(page: Page) -> None:
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#wallet")).to_have_attribute("data-company", "Acme")
    expect(page.locator("[data-view=enrol]")).to_be_visible()


def test_it_opens_with_the_network_off_and_keeps_no_answer_of_the_server(kept: Page) -> None:
    addresses = kept.evaluate(KEPT)
    assert "/wallet/" in addresses
    assert [one for one in addresses if one.startswith("/api/") or "worker" in one] == []
    opens_without_a_network(kept)
    policy = kept.evaluate("fetch('/wallet/').then((one) => one.headers.get('content-security-policy'))")
    assert "script-src 'self'" in policy
    assert kept.evaluate("fetch('/healthz').then(() => 'answered', () => 'no network')") == "no network"


def test_a_version_that_is_not_whole_or_does_not_arrive_leaves_the_old_one(
    kept: Page, server: Between
) -> None:
    before = kept.evaluate(VERSIONS)
    for files in ({"/static/wallet/nowhere.js": HASH_OF_NOTHING}, {"/static/wallet/awake.js": "AAAA"}):
        server.more = changed(files)
        assert kept.evaluate(UPDATE) == "redundant"
        assert kept.evaluate(VERSIONS) == before
    server.gone = True
    assert kept.evaluate(UPDATE) == "TypeError"
    opens_without_a_network(kept)
    assert kept.evaluate(VERSIONS) == before


def test_a_new_version_takes_over_once_it_is_whole(kept: Page, server: Between) -> None:
    (before,) = kept.evaluate(VERSIONS)
    server.files["/static/wallet/new.js"] = b""
    server.more = changed({"/static/wallet/new.js": HASH_OF_NOTHING})
    assert kept.evaluate(UPDATE) in {"installed", "activating", "activated"}
    until(kept, f"async () => !(await caches.keys()).includes({json.dumps(before)})")
    assert len(kept.evaluate(VERSIONS)) == 1
    assert "/static/wallet/new.js" in kept.evaluate(KEPT)
    opens_without_a_network(kept)


def test_it_does_not_take_over_while_another_page_is_open(kept: Page, server: Between) -> None:
    (before,) = kept.evaluate(VERSIONS)
    other = kept.context.new_page()
    other.goto(server.address)
    server.more = changed({})
    assert kept.evaluate(UPDATE) == "installed"
    assert kept.evaluate("(async () => Boolean((await navigator.serviceWorker.ready).waiting))()")
    assert before in kept.evaluate(VERSIONS)
    other.close()

    def opened_again() -> bool:
        # A version that takes over in the midst of a load may hold that load up: look, and open it once more.
        with contextlib.suppress(PlaywrightError):
            kept.reload(wait_until="commit", timeout=10_000)
            return bool(kept.evaluate(TAKEN_OVER))
        return False

    assert wait_until(opened_again, seconds=60, alive=lambda: not kept.is_closed())
