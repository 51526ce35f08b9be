"""Reception in a real Chromium: sound pages, the list live and by keys, the roll-call without network."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.fixtures.live import Live
from tests.pages.test_journeys import SCREENS, Console, hold

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("reception")]
PAGES = {
    "today": "/visitors/",
    "visit": "/visitors/{inside}/",
    "watch": "/visitors/watch/",
    "watch-add": "/visitors/watch/add/",
    "watch-edit": "/visitors/watch/{entry}/",
    "watch-match": "/visitors/watch/matches/{match}/",
    "roll-call": "/visitors/roll-call/",
    "type-badge": "/visitors/types/{type}/badge/",
}
KEPT = "async () => (await caches.keys()).filter((name) => name.startsWith('sallyport-roll-call-list'))"
# As if the list had been kept so many hours ago.
AGED = """async (hours) => {
  const cache = await caches.open("sallyport-roll-call-list");
  const [request] = await cache.keys();
  const held = await cache.match(request);
  const headers = new Headers(held.headers);
  headers.set("x-kept-at", String(Date.now() - hours * 3_600_000));
  await cache.put(request, new Response(await held.text(), { headers }));
}"""


class Desk(Console):
    """A reception with visitors."""

    def desk(self, *words: str) -> Any:
        return self.live.office("tests.visitors.desk_deeds", self.host).do(*words)


@pytest.fixture(scope="module")
def desk(chromium: str, live_stack: Live) -> Iterator[Desk]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        made = Desk(live_stack, browser)
        made.facts |= made.desk("fill")
        yield made
        browser.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_sound(desk: Desk, name: str) -> None:
    context = desk.new_context(*SCREENS["desk-light"], state=desk.context.storage_state())
    hold(desk, context, desk.address(PAGES[name].format(**desk.facts)), f"reception-{name}")


def test_who_comes_appears_by_itself_and_is_admitted_by_a_key(desk: Desk) -> None:
    page = desk.page
    page.goto(desk.address("/visitors/"))
    expect(page.locator("[data-live-text]")).to_have_text("Live")
    visit = desk.desk("walk_in", "Karl Keys")
    line = page.locator(f"#row-{visit}")
    expect(line).to_contain_text("Karl Keys", timeout=8_000)
    expect(page.locator(".group-waiting")).to_contain_text("Karl Keys")
    line.focus()
    page.keyboard.press("a")
    expect(page.locator(".group-on_site")).to_contain_text("Karl Keys", timeout=8_000)
    expect(page.locator("#notices")).to_contain_text("Karl Keys is in.")
    assert desk.desk("state", visit) == "on_site"
    # An open menu is not taken away from under the hand.
    page.locator(f"#row-{visit} summary").click()
    desk.desk("walk_in", "Lena Later")
    page.wait_for_timeout(1_500)
    expect(page.locator(f"#row-{visit} details[open]")).to_have_count(1)
    page.locator("h1").click()
    expect(page.locator(".group-waiting")).to_contain_text("Lena Later", timeout=8_000)
    page.locator("tr", has_text="Lena Later").locator("text=Refuse").click()
    expect(page.locator(".group-gone")).to_contain_text("Lena Later", timeout=8_000)
    page.locator(".group-gone tr", has_text="Lena Later").locator("text=Expect again").click()
    expect(page.locator(".group-waiting")).to_contain_text("Lena Later", timeout=8_000)


def test_the_roll_call_opens_without_network_until_signed_out(desk: Desk) -> None:
    context = desk.new_context(375, 720, "light", state=desk.context.storage_state())
    page: Page = context.new_page()
    address = desk.address("/visitors/roll-call/")
    page.goto(address)
    expect(page.locator("[data-held]")).to_be_visible(timeout=15_000)
    context.set_offline(True)
    page.goto(address)
    expect(page.locator("[data-away]")).to_be_visible()
    made = page.locator("#roll-call").get_attribute("data-made")
    line = page.locator(".roll li", has_text="Ina Inside")
    line.locator("input").check()
    expect(page.locator("[data-seen]")).to_contain_text("1 seen")
    page.reload()
    expect(page.locator(".roll li", has_text="Ina Inside").locator("input")).to_be_checked()
    assert page.locator("#roll-call").get_attribute("data-made") == made
    assert page.evaluate("getComputedStyle(document.querySelector('.roll label')).display") == "grid"
    # Twelve hours and no longer.
    page.evaluate(AGED, 13)
    page.goto(address)
    expect(page.locator("h1")).to_have_text("No list on this device")
    assert page.evaluate(KEPT) == []
    context.set_offline(False)
    page.goto(address)
    expect(page.locator("[data-held]")).to_be_visible(timeout=15_000)
    # Printed: the list alone.
    page.emulate_media(media="print")
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.locator(".roll li").first).to_be_visible()
    page.emulate_media(media="screen")
    # The session itself goes on: other tests share it.
    context.route(
        "**/sign-out/", lambda route: route.fulfill(body="<h1>Signed out</h1>", content_type="text/html")
    )
    page.click(".person-menu summary")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Signed out")
    assert page.evaluate(KEPT) == []
    assert page.evaluate("localStorage.getItem('sallyport-roll-call')") is None
    context.set_offline(True)
    page.goto(address)
    expect(page.locator("h1")).to_have_text("No list on this device")
    context.close()


def test_whoever_s_session_is_over_keeps_no_list(desk: Desk) -> None:
    context = desk.new_context(375, 720, "light", state=desk.context.storage_state())
    page = context.new_page()
    page.goto(desk.address("/visitors/roll-call/"))
    expect(page.locator("[data-held]")).to_be_visible(timeout=15_000)
    assert page.evaluate(KEPT) != []
    context.clear_cookies()
    page.goto(desk.address("/visitors/roll-call/"))
    expect(page.locator("#roll-call")).to_have_count(0)
    assert page.evaluate(KEPT) == []
    context.close()
