"""A visitor's phone in a real Chromium: bound without typing, by a picture or a mail, until goodbye."""

import datetime as dt
import os
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.fixtures.live import Live
from tests.touch import too_low

pytestmark = pytest.mark.browser
HOST, DEEDS = "acme.localhost", "tests.visitors.kiosk_deeds"
SHOTS = os.environ.get("WALLET_SHOTS")
PATIENCE_MS = 20_000


class Phone:
    """One phone of a visitor."""

    def __init__(self, live: Live, browser: Browser, language: str) -> None:
        self.live, self.language = live, language
        self.context = browser.new_context(
            viewport={"width": 375, "height": 667},
            is_mobile=True,
            has_touch=True,
            locale=language,
            timezone_id="Asia/Tokyo",  # where the visitor lives, not where they are expected
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.heard)

    def heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "status of 4" not in said.text:
            self.complaints.append(said.text)

    def do(self, *words: str | int) -> Any:
        return self.live.office(DEEDS, HOST).do(*words)

    def scan(self, fragment: str) -> None:
        """The address is opened, in the tab that is there already or the first."""
        self.page.goto(f"{self.live.address('acme')}/wallet/#{fragment}")

    def shows(self, view: str) -> None:
        expect(self.page.locator(f"[data-view='{view}']")).to_be_visible(timeout=PATIENCE_MS)
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert too_low(self.page) == []
        assert "#" not in self.page.url
        if SHOTS:
            self.page.screenshot(path=str(Path(SHOTS, f"visit-{self.language}-{view}.png")))


@pytest.fixture(scope="module")
def browser(chromium: str, live_stack: Live) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def phone(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Phone]:
    made = Phone(live_stack, browser, getattr(request, "param", "en"))
    yield made
    made.context.close()


@pytest.mark.parametrize("phone", ["en", "de", "fr", "es"], indirect=True)
def test_from_the_kiosks_picture_to_goodbye(phone: Phone) -> None:
    visit = phone.do("visit", "Vera Visitor", phone.language)["visit"]
    fragment = phone.do("offer", visit)
    phone.scan(fragment)
    phone.shows("same")
    assert phone.page.locator("[data-digits]").text_content() == phone.do("digits", visit)
    assert phone.page.evaluate("document.documentElement.lang") == phone.language
    phone.page.reload()
    phone.shows("same")  # nothing was lost by it
    phone.do("confirm", visit)
    phone.shows("ready")
    expect(phone.page.locator("[data-visit]")).to_be_visible()
    phone.page.click("[data-deed=visit-leave]")
    phone.shows("leaving")
    phone.page.click("[data-view=leaving] [data-deed=back]")
    phone.shows("ready")
    assert phone.do("state", visit) == "on_site"
    phone.page.click("[data-deed=visit-leave]")
    phone.page.click("[data-deed=visit-leave-yes]")
    phone.shows("goodbye")
    assert phone.do("state", visit) == "signed_out"
    phone.page.reload()
    phone.shows("goodbye")
    # The next visit gives the same phone a key of its own.
    again = phone.do("visit", "Vera Visitor", phone.language)["visit"]
    phone.scan(phone.do("offer", again))
    phone.shows("same")
    assert phone.complaints == []


def test_at_home_and_then_at_the_kiosk(phone: Phone) -> None:
    told = phone.do("visit", "Vera Visitor", "en", 60)
    phone.scan(f"visit={told['token']}")
    phone.shows("prepared")
    begins = dt.datetime.fromtimestamp(told["begins"], zoneinfo.ZoneInfo("Europe/Berlin"))
    expect(phone.page.locator("[data-view=prepared]")).to_contain_text(told["site"])
    expect(phone.page.locator("[data-view=prepared]")).to_contain_text(begins.strftime("%I:%M %p"))
    assert phone.do("state", told["visit"]) == "expected"
    phone.scan(phone.do("offer", told["visit"]))  # the picture opens in the tab that is there
    phone.shows("same")
    phone.do("confirm", told["visit"])
    phone.shows("ready")
    phone.do("end", told["visit"])
    phone.page.reload()
    phone.shows("goodbye")


def test_what_binds_nobody_says_why(phone: Phone, browser: Browser) -> None:
    first = phone.do("visit", "Vera Visitor")
    second = phone.do("visit", "Wanda Visitor")
    phone.scan(f"visit={first['token']}")
    phone.shows("prepared")
    phone.scan(phone.do("offer", second["visit"]))
    phone.shows("unbound")
    said = phone.page.locator("[data-view=unbound] [data-words]")
    expect(said).to_contain_text("in another person’s name")
    phone.page.click("[data-deed=visit-back]")
    phone.shows("prepared")
    other = Phone(phone.live, browser, "en")
    other.scan(f"visit={first['token']}")
    other.shows("unbound")
    expect(other.page.locator("[data-view=unbound]")).to_contain_text("used already")
    other.scan("here=nothing")
    expect(other.page.locator("[data-view=unbound]")).to_contain_text("not valid")
    other.page.click("[data-deed=visit-back]")
    other.shows("enrol")
    other.context.close()


def test_without_network_it_tries_again(phone: Phone) -> None:
    told = phone.do("visit", "Vera Visitor")
    phone.page.route("**/visits/bind", lambda route: route.abort())
    phone.scan(f"visit={told['token']}")
    phone.shows("unbound")
    expect(phone.page.locator("[data-view=unbound]")).to_contain_text("No connection")
    phone.page.unroute("**/visits/bind")
    phone.page.click("[data-deed=visit-retry]")
    phone.shows("prepared")
