"""A kiosk's page in a real Chromium, and the fingers before it."""

import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.fixtures.live import Live
from tests.touch import too_low
from tests.visitors.kiosk_api import FakeApi

PATIENCE_MS: Final = 20_000
SIZES: Final = {"desk": (1280, 800), "upright": (800, 1280), "narrow": (375, 667)}
SHOTS = os.environ.get("JOURNEY_SHOTS")  # a folder to look at what the page shows


# A Chromium without a screen has no printing for PDFs, and falls over where it is asked to.
PRINTS: Final = """
window.print = () => { top.printed = (top.printed ?? 0) + 1; };
"""


# What is pressed, typed into or drawn on, of whatever stands in front, as far down as its middle is: 0 to 1.
_HEIGHTS: Final = """() => [...(document.querySelector("dialog[open]") ?? document)
  .querySelectorAll("button, input, select, canvas, [role=option]")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height)
  .map((one) => {
    const { top, height } = one.getBoundingClientRect();
    return [one.outerHTML.slice(0, 80), (top + height / 2) / innerHeight];
  })"""


def out_of_reach(page: Page) -> list[str]:
    """What somebody who sits before an upright tablet must reach up for: it is not in the lower half."""
    found: list[tuple[str, float]] = page.evaluate(_HEIGHTS)
    return [f"{at:.0%}: {control}" for control, at in found if not 0.5 <= at < 1]


class Screen:
    """One tablet at reception."""

    def __init__(self, live: Live, browser: Browser, api: FakeApi | None, *, size: str = "desk", **more: Any):
        width, height = SIZES[size]
        options: dict[str, Any] = {"locale": "en", "reduced_motion": "reduce", "permissions": ["camera"]}
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, **(options | more)
        )
        self.context.add_init_script(PRINTS)
        self.live, self.api, self.size = live, api, size
        self.complaints: list[str] = []
        if api is not None:
            api.serve(self.context)
        self.page: Page = self.context.new_page()
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.shown: list[str] = []

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)

    def open(self) -> None:
        self.page.goto(f"{self.live.address('acme')}/kiosk/")

    def pair(self, code: str = "K7QM4F2P") -> "Screen":
        self.open()
        self.on("pair")
        self.page.locator("[data-pair]").fill(code)
        self.go_on()
        return self.on("home")

    def on(self, name: str, shot: str = "") -> "Screen":
        """The screen of this name stands there."""
        expect(self.page.locator("#kiosk")).to_have_attribute("data-screen", name, timeout=PATIENCE_MS)
        if not self.shown or self.shown[-1] != name:
            self.shown.append(name)
        self.fits(name)
        if shot:
            self.shot(shot)
        return self

    def fits(self, name: str) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert [one for one in too_low(self.page) if "checkbox" not in one] == [], name
        if self.size == "upright":
            assert out_of_reach(self.page) == [], name

    def shot(self, name: str) -> None:
        if SHOTS:
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=Path(SHOTS, f"kiosk-{name}.png"))

    def choose(self, name: str) -> "Screen":
        self.page.click(f"[data-choice={name}]")
        return self

    def deed(self, name: str) -> "Screen":
        self.page.click(f"[data-deed={name}]:visible")
        return self

    def go_on(self) -> "Screen":
        return self.deed("go-on")

    def field(self, label: str) -> Locator:
        return self.page.locator("#kiosk").get_by_label(label)

    def language(self, tag: str) -> "Screen":
        self.page.click(f"[data-language={tag}]")
        expect(self.page.locator("html")).to_have_attribute("lang", tag)
        return self

    def host(self, term: str = "Hen") -> "Screen":
        self.page.locator("[role=combobox]").press_sequentially(term)
        self.page.locator("[role=option]").first.click(timeout=PATIENCE_MS)
        return self

    def sign(self) -> "Screen":
        """A stroke with the pointer."""
        box = self.page.locator("canvas").bounding_box()
        assert box is not None
        mouse = self.page.mouse
        mouse.move(box["x"] + 60, box["y"] + box["height"] * 0.6)
        mouse.down()
        for step in range(1, 9):
            mouse.move(box["x"] + 60 + 30 * step, box["y"] + box["height"] * (0.4 if step % 2 else 0.7))
        mouse.up()
        return self

    def walk_in(self, name: str = "Vera Visitor") -> "Screen":
        """Up to the first step that the server asks for."""
        self.choose("walk_in").on("whom").host().go_on().on("details")
        inputs = self.page.locator(".kiosk-field input")
        inputs.nth(0).fill(name)
        inputs.nth(1).fill("Visiting Ltd")
        inputs.nth(2).fill("vera@visiting.example")
        return self.go_on()

    def close(self) -> None:
        self.context.close()
