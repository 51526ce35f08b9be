"""A tablet at a door: a Chromium with the reader page, a camera made of a file, and its company meanwhile."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.fixtures.live import Live
from tests.readers import deeds
from tests.readers.fake_camera import FakeCamera
from tests.touch import too_low

PATIENCE_MS = 60_000
SIZES = {"tablet": (1024, 768), "phone": (320, 568), "upright": (768, 1024)}
KEY_APART = 0.002  # seconds between two digits of a scanner that types
TRIES = 4
# What a page says when the machine under it was too slow: after two seconds it opens nothing, by design.
SLOW = {"no_answer", "too_late", "expired"}
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
SEES_THE_WALL = """() => {
  const picture = new OffscreenCanvas(32, 24).getContext("2d");
  picture.drawImage(document.querySelector("video"), 0, 0, 32, 24);
  const grey = picture.getImageData(0, 0, 32, 24).data.filter((_, at) => at % 4 === 0);
  return Math.max(...grey) - Math.min(...grey) < 16;
}"""
SHOTS = os.environ.get("READER_SHOTS")  # a folder to look at what the page shows


class Verdict(NamedTuple):
    """What stood on the screen."""

    kind: str
    reason: str
    words: str


class Tablet:
    """A browser at a door, its camera, and what its company does meanwhile."""

    def __init__(
        self, live: Live, context: BrowserContext, camera: FakeCamera, size: str, office: deeds.Office
    ) -> None:
        self.live, self.context, self.camera, self.size = live, context, camera, size
        self.office = office
        context.add_init_script(NOTE_VERDICTS)
        self.page: Page = context.new_page()
        self.keys = context.new_cdp_session(self.page)
        self.complaints: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.name = f"Gate {secrets.token_hex(3)}"

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def do(self, *words: str | int) -> Any:
        return self.office.do(*words)

    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do("told", self.name)
        return found

    def open(self) -> None:
        self.page.goto(f"{self.live.address('acme')}/reader/")

    def shot(self, name: str) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert too_low(self.page) == [], name
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
        self.state("ready")

    def state(self, name: str) -> None:
        expect(self.page.locator(f"[data-state={name}]")).to_be_visible(timeout=PATIENCE_MS)

    def show_nothing(self) -> None:
        """The code is taken away, and the page has seen that it is gone."""
        self.camera.show_nothing()
        self.page.wait_for_function(SEES_THE_WALL, timeout=PATIENCE_MS)

    def type(self, digits: str) -> None:
        """A scanner's keys, stamped as fast as it types: a machine under load only brings them late."""
        at = time.time() - KEY_APART * (len(digits) + 1)
        for number, digit in enumerate(digits):
            self._press(at + KEY_APART * number, key=digit, text=digit, code=f"Digit{digit}")
        self._press(at + KEY_APART * len(digits), key="Enter", text="\r", code="Enter")

    def _press(self, at: float, **key: str) -> None:
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "timestamp": at, **key})

    def verdict(self) -> Verdict:
        """Wait for the next verdict. It shows too shortly to be looked for, so the page notes it."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while not (shown := self.page.evaluate("window.verdicts.splice(0, 1)")):
            assert time.monotonic() < until, self.complaints
            self.page.wait_for_timeout(100)
        if SHOTS:
            self.page.evaluate(HOLD, shown[0])
            self.shot(shown[0]["reason"])
            self.page.evaluate(LET_GO)
        return Verdict(**shown[0])

    def in_time(self, walk: Callable[[], list[Verdict]]) -> list[tuple[str, str]]:
        """What a walk saw that the machine was fast enough for: after a slow one it is done all over."""
        for _ in range(TRIES):
            seen = walk()
            if SLOW.isdisjoint(one.reason for one in seen):
                break
            self.camera.show_nothing()
            self.page.reload()  # nothing of the slow walk is under way any more
            self.ready()
        return [(one.kind, one.reason) for one in seen]

    def gone(self) -> None:
        expect(self.page.locator("[data-verdict]")).to_be_hidden(timeout=PATIENCE_MS)

    def waits(self, found: Callable[[], object]) -> None:
        """Until it is found. The page's events, and sockets that a test holds, move on meanwhile."""
        until = time.monotonic() + PATIENCE_MS / 1000
        while not found():
            assert time.monotonic() < until, self.complaints
            assert self.live.web.alive()
            self.page.wait_for_timeout(50)


@contextmanager
def browser_with_camera(chromium: str, film: Path) -> Iterator[Browser]:
    """A browser whose camera plays this file, which may be overwritten meanwhile."""
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


def at_a_door(live: Live, office: deeds.Office, browser: Browser, film: Path, size: str) -> Iterator[Tablet]:
    """A tablet of this size, with a profile of its own that goes when the test is done with it."""
    width, height = SIZES[size]
    camera = FakeCamera(film)
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en", permissions=["camera"]
    )
    yield Tablet(live, context, camera, size, office)
    context.close()
