"""The host's page and the page of notices in a real browser: sound to axe, narrow and wide, and they work."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.credentials.wallet import HOST, Wallet
from tests.fixtures.live import Live
from tests.live_console import Visitor
from tests.pages.test_journeys import faults

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("WALLET_SHOTS")


@pytest.fixture(scope="module")
def browser(chromium: str, live_stack: Live) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


def sound(page: Page, name: str) -> None:
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} {width}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS, f"{name}-{width}.png"), full_page=True)
        assert faults(page) == [], f"{name} {width}"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_host_lets_in_from_the_mail(live_stack: Live, browser: Browser, language: str) -> None:
    host = Wallet(live_stack, browser, "390", language, f"mail-{secrets.token_hex(4)}@acme.example")
    office = live_stack.office("tests.visitors.host_deeds", HOST)
    visit = office.do("expect_guest", host.holder, "Véra من <b>Visitor</b>", "yes")
    page = host.context.new_page()
    page.goto(live_stack.address("acme") + office.do("admit_link", visit))
    expect(page.locator("h1")).to_contain_text("Véra من <b>Visitor</b>")
    sound(page, f"admit-{language}")
    page.locator("[name=admit]").click()
    expect(page.locator("p[role=status]")).to_be_visible()
    sound(page, f"admitted-{language}")
    assert [state for _, state, _ in office.do("visits", host.holder)] == ["on_site"]
    host.context.close()


def test_the_page_of_notices(live_stack: Live, browser: Browser) -> None:
    with Visitor(live_stack, "alice") as alice:
        context = browser.new_context()
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_stack.address("acme")}
                for name, value in alice.cookies().items()
            ]
        )
    page = context.new_page()
    page.goto(f"{live_stack.address('acme')}/visitors/notices/")
    expect(page.locator("h1")).to_have_text("Notices")
    sound(page, "notices")
    page.fill("[name=address]", "https://127.0.0.1/x")
    page.get_by_role("button", name="Set the webhook").click()
    expect(page.locator("#id_address")).to_have_attribute("aria-invalid", "true")
    sound(page, "notices-wrong")
    context.close()
