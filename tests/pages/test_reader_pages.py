"""In a real Chromium, at 320 px and in both themes: readers' health, the bell that rings, the wipe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.fixtures.live import Live
from tests.pages.test_alarm_and_lost_pages import hold_as_it_is
from tests.pages.test_journeys import Console, faults, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live) -> Iterator[Console]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Console(live_stack, browser)
        browser.close()


def test_readers_their_alarms_and_a_wipe(console: Console) -> None:
    page = console.page
    page.goto(console.address("/readers/"))
    expect(page.locator("[aria-label=Alarms]")).to_have_count(1)
    page.wait_for_timeout(500)  # the line of hints opens
    handle = console.do("tell_health")
    expect(page.locator("[aria-label='3 open alarms']")).to_have_count(1, timeout=5_000)
    expect(page.locator(".list")).to_contain_text("1204 events", timeout=8_000)
    hold_as_it_is(page, "readers-health")
    page.goto(console.address(f"/readers/{handle}/"))
    expect(page.locator(".facts").first).to_contain_text("No picture")
    hold_as_it_is(page, "reader-health")
    page.click("text=3 alarms")
    expect(page.locator("h1")).to_have_text("Alarms")
    expect(page.locator("section.card")).to_have_count(3)
    hold_as_it_is(page, "reader-alarms")
    card = page.locator("section.card", has_text="A door was forced")
    card.get_by_text("Close", exact=True).click()
    expect(page.locator(".notice-error")).to_contain_text("Choose what you found")
    card.get_by_text("Attack").click()
    card.get_by_text("Close", exact=True).click()
    expect(page.locator(".notice-success")).to_contain_text("The alarm is closed.")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(console.address(f"/readers/{handle}/"))
    page.click("button:has-text('Wipe')")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("1204 events that it has not handed in will be lost")
    assert faults(page) == []
    look(page, "reader-wipe")
    dialog.locator("button.btn-danger").click()
    expect(page.locator(".notice-warning")).to_contain_text("It is wiped when it is next heard")
    hold_as_it_is(page, "reader-wiping")
