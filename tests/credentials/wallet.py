"""A phone with the wallet's page in a real Chromium, and what its company does meanwhile."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from deploy.local.processes import wait_until
from tests.fixtures.live import Live
from tests.touch import too_low

HOST, DEEDS = "acme.localhost", "tests.credentials.deeds"
SIZES = {"320": (320, 568, 2), "390": (390, 844, 3)}
TAKEN_UP = "() => document.dispatchEvent(new Event('visibilitychange'))"
QR_CODE = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
NEARLY_OVER_MS = 14_000  # a pass and its proof are shown for twenty seconds, and renewed two before
SHOTS = os.environ.get("WALLET_SHOTS")  # a folder to look at what the page shows


class Wallet:
    """One phone: a browser context, and what its company does meanwhile."""

    def __init__(self, live: Live, browser: Browser, size: str, language: str, email: str) -> None:
        width, height, scale = SIZES[size]
        self.live, self.size = live, size
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            is_mobile=True,
            has_touch=True,
            locale=language,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.holder = self.do("invite", "Henri Holder", email, language)
        self.email = email

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def do(self, *words: str) -> Any:
        return self.live.office(DEEDS, HOST).do(*words)

    def open(self) -> None:
        self.page.goto(f"{self.live.address('acme')}/wallet/")

    def shows(self, view: str) -> None:
        expect(self.page.locator(f"[data-view='{view}']")).to_be_visible(timeout=15_000)
        self.fits()
        self.shot(view)

    def fits(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert too_low(self.page) == []

    def leads_to_lost(self, view: str) -> None:
        """The view has a link for whoever lost a phone: high enough for a thumb, to a page that is there."""
        link = self.page.locator(f"[data-view={view}] .wallet-link")
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        lost = self.context.new_page()
        lost.goto(link.evaluate("one => one.href"))
        expect(lost.locator("#email")).to_be_visible()
        lost.close()

    def shot(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS, f"{self.size}-{name}.png"))

    def enrol(self) -> None:
        self.open()
        self.shows("enrol")
        self.page.fill("#code", self.do("code_of", self.holder))
        self.page.click("[type=submit]")
        self.shows("awaiting")
        self.do("vouch", self.holder)
        self.page.evaluate(TAKEN_UP)  # else it looks again after three seconds
        self.shows("ready")

    def waits(self, found: Callable[[], object]) -> None:
        assert wait_until(lambda: bool(found()), seconds=30, alive=self.live.web.alive)

    def code(self) -> str:
        """The digits of the code on the screen, read from a picture of it."""
        expect(self.page.locator("[data-card][data-state='shown']")).to_be_visible(timeout=15_000)
        picture = cv2.imdecode(np.frombuffer(self.page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
        self.shot("code")
        # Of that format alone: among the words of a screen there is now and then what looks like another.
        (found,) = zxingcpp.read_barcodes(picture, formats=QR_CODE)
        return found.text
