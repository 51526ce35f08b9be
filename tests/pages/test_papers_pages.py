"""In a real Chromium: a breach is written down, judged, asked whose data it was; papers are sound to axe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.fixtures.live import Live
from tests.pages.test_alarm_and_lost_pages import hold_as_it_is
from tests.pages.test_journeys import Console

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]
PAPERS = ("", "data-map/?category=IDENTITY", "processing/", "impact/", "particulars/", "sub-processors/")


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live) -> Iterator[Console]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Console(live_stack, browser)
        browser.close()


def test_papers_are_sound_on_every_screen(console: Console) -> None:
    page = console.page
    page.goto(console.address("/compliance/"))
    page.click("text=Papers")
    expect(page.locator("h1")).to_have_text("Papers")
    for path in PAPERS:
        page.goto(console.address(f"/compliance/papers/{path}"))
        hold_as_it_is(page, f"papers-{path.partition('/')[0] or 'list'}")


def test_a_breach_from_known_to_whose(console: Console) -> None:
    page = console.page
    page.goto(console.address("/compliance/breaches/"))
    hold_as_it_is(page, "breaches-none")
    page.click("text=Write one down")
    page.fill("[name=what]", "A reader was opened at the dock.")
    hold_as_it_is(page, "breach-new")
    page.click("button:has-text('Write it down')")
    expect(page.locator("h1")).to_contain_text("Breach 1")
    expect(page.locator("[aria-label=Clocks]")).to_contain_text("left")
    hold_as_it_is(page, "breach")
    page.click("a:has-text('Findings')")
    hold_as_it_is(page, "breach-findings")
    page.select_option("[name=risk]", "high")
    page.click("button:has-text('Save')")
    expect(page.locator("#missing + *, section[aria-labelledby=missing]").first).to_contain_text(
        "Tell the authority."
    )
    page.click("a:has-text('Whose data')")
    hold_as_it_is(page, "breach-whose-ask")
    page.click("button:has-text('Ask')")
    expect(page.locator("#kinds")).to_contain_text("people")
    hold_as_it_is(page, "breach-whose")
    page.go_back()
    page.goto(console.address("/compliance/breaches/"))
    hold_as_it_is(page, "breaches")
