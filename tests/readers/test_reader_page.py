"""The reader page in a real Chromium with a camera made of a file: pair, scan, verdict, revocation."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from deploy.local.processes import wait_until
from tests.fixtures.live import Live
from tests.readers import deeds
from tests.readers.fake_camera import FakeCamera

pytestmark = pytest.mark.browser
HOST = "acme.localhost"
PATIENCE_MS = 60_000
SIZES = {"tablet": (1024, 768), "phone": (320, 568), "upright": (768, 1024)}
NOTE_VERDICTS = """
window.verdicts = [];
addEventListener("DOMContentLoaded", () => {
  const page = document.querySelector("[data-verdict]");
  new MutationObserver(() => {
    const { kind, reason } = page.dataset;
    if (window.held || page.hidden || kind === "checking") return;
    const words = page.querySelector("[data-words]").textContent;
    window.verdicts.push({ kind, reason, words });
  }).observe(page, { attributeFilter: ["hidden", "data-kind", "data-reason"] });
});
"""
HOLD = """({ kind, reason }) => {
  const page = document.querySelector("[data-verdict]");
  window.held = true;
  Object.assign(page.dataset, { kind, reason });
  page.hidden = false;
}"""
LET_GO = """() => {
  document.querySelector("[data-verdict]").hidden = true;
  window.held = false;
}"""
SHOTS = os.environ.get("READER_SHOTS")  # a folder to look at what the page shows


class Tablet:
    """A browser at a door, its camera, and what its company does meanwhile."""

    def __init__(
        self, live: Live, context: BrowserContext, camera: FakeCamera, size: str, office: deeds.Office
    ) -> None:
        self.live, self.context, self.camera, self.size = live, context, camera, size
        self.office = office
        context.add_init_script(NOTE_VERDICTS)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.name = f"Gate {secrets.token_hex(3)}"

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def do(self, *words: str) -> Any:
        return self.office.do(*words)

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("told", self.name)
        return found

    def open(self) -> None:
        self.page.goto(f"{self.live.address('acme')}/reader/")

    def shot(self, name: str) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if SHOTS:
            self.page.screenshot(path=str(Path(SHOTS, f"{self.size}-{name}.png")))

    def pair(self) -> dict[str, Any]:
        """From the typed code to a reader that is ready; what the company laid out for it."""
        laid: dict[str, Any] = self.do("invite", self.name)
        self.open()
        expect(self.page.locator("[data-view=pair]")).to_be_visible(timeout=PATIENCE_MS)
        self.shot("pair")
        self.page.locator("#code").press_sequentially(laid["code"].lower().replace("-", ""))
        assert self.page.input_value("#code") == laid["code"]
        self.page.click("[type=submit]")
        self.ready()
        return laid

    def ready(self) -> None:
        expect(self.page.locator("[data-state=ready]")).to_be_visible(timeout=PATIENCE_MS)

    def verdict(self, kind: str, reason: str) -> str:
        """Wait for the next verdict, which is this one; its words. It shows too shortly to be looked for."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while not (shown := self.page.evaluate("window.verdicts.splice(0, 1)")):
            assert time.monotonic() < until, (kind, reason, self.complaints)
            self.page.wait_for_timeout(100)
        assert [shown[0]["kind"], shown[0]["reason"]] == [kind, reason], shown
        if SHOTS:
            self.page.evaluate(HOLD, shown[0])
            self.shot(reason)
            self.page.evaluate(LET_GO)
        words: str = shown[0]["words"]
        return words

    def gone(self) -> None:
        expect(self.page.locator("[data-verdict]")).to_be_hidden(timeout=PATIENCE_MS)

    def waits(self, found: Callable[[], object]) -> None:
        assert wait_until(lambda: bool(found()), seconds=60, alive=self.live.web.alive)


def forward(live: Live, route: Route) -> httpx.Response:
    """Let the server answer a request that the test holds in its hands."""
    asked = route.request
    named = asked.url.split("/")[2]
    address = asked.url.replace(named, f"127.0.0.1:{live.place.port}", 1)
    headers = {**asked.headers, "host": named}
    return httpx.request(asked.method, address, headers=headers, content=asked.post_data_buffer)


@pytest.fixture(scope="module")
def office(live_stack: Live) -> Iterator[deeds.Office]:
    made = deeds.Office({**live_stack.web.env, **live_stack.env}, HOST)
    yield made
    made.close()


@pytest.fixture
def tablet(
    live_stack: Live, office: deeds.Office, chromium: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Tablet]:
    size = getattr(request, "param", "tablet")
    width, height = SIZES[size]
    camera = FakeCamera(tmp_path / "camera.y4m")
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera.path}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en", permissions=["camera"]
        )
        made = Tablet(live_stack, context, camera, size, office)
        yield made
        context.close()
        browser.close()


@pytest.mark.parametrize("tablet", ["tablet", "phone", "upright"], indirect=True)
def test_a_code_opens_once_and_a_revoked_phone_opens_nothing(tablet: Tablet) -> None:
    laid = tablet.pair()
    tablet.shot("ready")
    device = str(tablet.do("phone", str(laid["level"])))

    code = tablet.do("mint", device)
    tablet.camera.show(code)
    tablet.verdict("granted", "granted")
    tablet.camera.show_nothing()
    tablet.gone()

    tablet.page.keyboard.type(code)  # a copy of it, by a scanner that types
    tablet.page.keyboard.press("Enter")
    tablet.verdict("refused", "replayed")
    tablet.gone()

    seq = tablet.do("revoke", device)
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)
    tablet.waits(lambda: tablet.told()["reports"] == [[1, True]])
    found = tablet.told()
    assert found["algorithm"] == "ecdsa-p256-sha256"
    assert found["events"] == [[1, "granted"], [2, "replayed"]]
    assert tablet.complaints == []


def test_a_wrong_code_is_said_and_the_right_one_then_pairs(tablet: Tablet) -> None:
    laid = tablet.do("invite", tablet.name)
    tablet.open()
    tablet.page.fill("#code", "0000-0000")
    tablet.page.click("[type=submit]")
    expect(tablet.page.locator("#code-error")).to_have_text(
        "This code is not right. Check it and type it again."
    )
    tablet.shot("wrong")
    tablet.page.fill("#code", laid["code"])
    tablet.page.click("[type=submit]")
    tablet.ready()


def test_what_is_no_code_of_ours_is_refused_in_words(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.select_option("#language-watch", "de")
    tablet.camera.show("31415926535897932384626433832795")
    words = tablet.verdict("refused", "malformed")
    assert words == "Das ist kein Türcode. Bitte die Wallet öffnen und deren Code zeigen."


def test_the_key_cannot_leave_the_browser_and_survives_a_reload(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.reload()
    tablet.ready()
    found = tablet.page.evaluate(
        """async () => {
            const store = await import("/static/reader/store.js");
            const { privateKey } = await store.get("identity");
            const tries = await Promise.allSettled(
                ["jwk", "pkcs8"].map((format) => crypto.subtle.exportKey(format, privateKey)));
            return [privateKey.extractable, privateKey.algorithm.namedCurve, tries.map((one) => one.status)];
        }"""
    )
    assert found == [False, "P-256", ["rejected", "rejected"]]


def test_a_forged_answer_opens_nothing(tablet: Tablet) -> None:
    tablet.pair()

    def forge(route: Route) -> None:
        told = forward(tablet.live, route).json()
        route.fulfill(json=told | {"granted": True, "reason": "granted", "pulse_ms": 3000})

    tablet.page.route("**/api/v1/scans", forge)
    tablet.page.keyboard.type("3" * 252)
    tablet.page.keyboard.press("Enter")
    tablet.verdict("wait", "bad_answer")
    tablet.waits(lambda: tablet.told()["events"] == [[1, "malformed"]])
    assert tablet.told()["reports"] == []


def test_a_lost_answer_is_asked_for_under_the_same_number(tablet: Tablet) -> None:
    laid = tablet.pair()
    device = str(tablet.do("phone", str(laid["level"])))
    lost: list[int] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(1)
        forward(tablet.live, route)  # the server decides and records; nobody hears of it
        route.abort()

    tablet.page.route("**/api/v1/scans", lose_first)
    tablet.page.keyboard.type(tablet.do("mint", device))
    tablet.page.keyboard.press("Enter")
    tablet.verdict("granted", "granted")
    tablet.waits(lambda: tablet.told()["reports"] == [[1, True]])
    assert tablet.told()["events"] == [[1, "granted"]]


def test_without_the_network_it_says_so_and_recovers_without_a_gap(tablet: Tablet) -> None:
    tablet.pair()
    tablet.context.set_offline(True)
    tablet.page.keyboard.type("1" * 252)
    tablet.page.keyboard.press("Enter")
    tablet.verdict("wait", "no_answer")
    tablet.gone()
    tablet.context.set_offline(False)
    tablet.ready()
    tablet.page.keyboard.type("2" * 252)
    tablet.page.keyboard.press("Enter")
    tablet.verdict("refused", "malformed")
    assert tablet.told()["events"] == [[1, "malformed"]]


def test_without_a_socket_it_asks_and_acknowledges_over_http(tablet: Tablet) -> None:
    tablet.page.route_web_socket("**/api/v1/readers/socket", lambda socket: socket.close())
    tablet.pair()
    seq = tablet.do("touch")
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)


def test_suspending_is_shown_at_the_door(tablet: Tablet) -> None:
    tablet.pair()
    tablet.do("suspend", tablet.name)
    expect(tablet.page.locator("[data-state=suspended]")).to_be_visible(timeout=PATIENCE_MS)
    tablet.shot("suspended")
