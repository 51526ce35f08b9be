"""In a real Chromium, at 320 px and in both themes: a lost phone is revoked, an alarm is answered."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.fixtures.live import Live
from tests.pages.test_journeys import SCREENS, Console, faults, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live) -> Iterator[Console]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Console(live_stack, browser)
        browser.close()


def hold_as_it_is(page: Page, name: str) -> None:
    """Sound to axe, and no wider than each screen, in both themes."""
    for screen, (width, height, theme) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        look(page, f"{name}-{screen}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide: {screen}"
        assert faults(page) == [], screen


def test_a_lost_phone_is_revoked_from_another_browser(console: Console) -> None:
    page = console.new_page(console.new_context(*SCREENS["phone"]))
    page.goto(console.address(console.do("lose")))
    expect(page.locator("h1")).to_have_text("Revoke a lost phone")
    hold_as_it_is(page, "lost-use")
    page.click("button")
    expect(page.locator("h1")).to_contain_text("Your phones, Henri Dubois")
    expect(page.locator("section")).to_contain_text("Pixel 8")
    hold_as_it_is(page, "lost-phones")
    page.click("text=Revoke this phone")
    expect(page.locator(".notice-success")).to_contain_text("The phone is revoked.")
    expect(page.locator("section")).to_have_count(0)
    hold_as_it_is(page, "lost-done")


def test_an_alarm_is_seen_and_answered(console: Console) -> None:
    assert console.do("be_at_two_sites") == 1
    page = console.page
    page.goto(console.address("/"))
    page.click("[aria-label='1 open alarm']")
    expect(page.locator(".list tbody tr")).to_have_count(2)
    expect(page.locator(".list").first).to_contain_text("Plant of the north")
    hold_as_it_is(page, "alarms")
    page.fill("[name=note]", "Called Henri: the phone was copied.")
    page.click("text=Acknowledge")
    expect(page.locator(".card").first).to_contain_text("Called Henri")
    expect(page.locator("[aria-label=Alarms]")).to_have_count(1)
    hold_as_it_is(page, "alarms-acknowledged")
