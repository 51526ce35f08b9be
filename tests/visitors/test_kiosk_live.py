"""The kiosk's page against the real server: paired, somebody comes, is let in, and leaves."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.live import Live
from tests.visitors.kiosk_screen import PATIENCE_MS, Screen

pytestmark = pytest.mark.browser
DEEDS = "tests.visitors.page_deeds"


class Lobby:
    """A tablet that is paired with a house of its own, and what reception does meanwhile."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.office = live.office(DEEDS, "acme.localhost")
        self.laid: dict[str, Any] = self.do("lay")
        self.screen = Screen(live, browser, None)
        self.screen.pair(self.laid["code"])

    def do(self, *words: Any) -> Any:
        return self.office.do(*words)

    def waiting(self) -> str:
        """The visit of whoever waits now."""
        (found,) = self.do("waiting", self.laid)
        return str(found)

    def told(self, visit: str) -> dict[str, Any]:
        found: dict[str, Any] = self.do("told", visit)
        return found


@pytest.fixture
def lobby(live_stack: Live, reception_browser: Browser) -> Iterator[Lobby]:
    found = Lobby(live_stack, reception_browser)
    yield found
    found.screen.close()


def come(lobby: Lobby, name: str) -> Screen:
    """Not announced, up to the signature."""
    kiosk = lobby.screen.choose("walk_in").on("whom", "02-whom")
    kinds = kiosk.page.locator("[data-type]")
    if kinds.count():  # other tests left kinds of visit, too
        kinds.get_by_text(lobby.laid["type_name"], exact=True).click()
    kiosk.host(lobby.laid["host_name"][:9]).go_on().on("details")
    inputs = kiosk.page.locator(".kiosk-field input")
    inputs.nth(0).fill(name)
    inputs.nth(1).fill("Away Ltd")
    kiosk.shot("03-details")
    return kiosk.go_on().on("document").sign()


def test_a_walk_in_is_let_in_and_gets_a_pass_with_its_pin(lobby: Lobby) -> None:
    lobby.screen.shot("01-home")
    kiosk = come(lobby, "Wanda Wälker")
    kiosk.shot("04-document")
    kiosk.go_on().on("waiting", "05-waiting")
    visit = lobby.waiting()
    lobby.do("let_in", visit)
    kiosk.on("way", "06-way").choose("day_pass").on("done")
    pin = kiosk.page.locator(".kiosk-pin .kiosk-digits").inner_text()
    assert len(pin) == 6
    assert pin.isdecimal()
    expect(kiosk.page.locator(".kiosk-screen")).to_contain_text(
        "Take your badge from the printer", timeout=PATIENCE_MS
    )
    kiosk.shot("07-pass")
    assert kiosk.page.evaluate("printed") == 1
    told = lobby.told(visit)
    assert (told["state"], told["way"], told["name"], told["pass"]) == (
        "on_site",
        "day_pass",
        "Wanda Wälker",
        True,
    )
    assert told["signed"] == [{"name": "Wanda Wälker", "pdf": True}]
    kiosk.go_on().on("home")
    assert kiosk.complaints == []


def test_an_expected_visitor_comes_with_the_code_and_leaves_by_it(lobby: Lobby) -> None:
    made = lobby.do("invite", lobby.laid, "Vera Visitor")
    kiosk = lobby.screen.choose("expected").on("code", "08-code")
    kiosk.field("Code").fill(made["code"])
    kiosk.go_on().on("document").sign().go_on().on("way").choose("escort").on("done", "09-done")
    expect(kiosk.page.locator("h1").first).to_have_text("Welcome, Vera Visitor")
    assert lobby.told(made["visit"])["state"] == "on_site"
    kiosk.go_on().on("home").choose("leaving").on("leaving", "10-leaving")
    kiosk.field("Code or name").fill(made["code"])
    kiosk.go_on().on("left", "11-left")
    expect(kiosk.page.locator("h1").first).to_have_text("You are signed out")
    assert lobby.told(made["visit"])["state"] == "signed_out"
    assert kiosk.complaints == []


def test_a_delivery_is_told(lobby: Lobby) -> None:
    kiosk = lobby.screen.choose("delivery").on("delivery").host(lobby.laid["host_name"][:9])
    kiosk.shot("12-delivery")
    kiosk.go_on().on("called")


def test_a_reload_in_the_middle_begins_anew(lobby: Lobby) -> None:
    kiosk = come(lobby, "Wanda Walker")
    kiosk.page.reload()
    kiosk.on("home")
    come(lobby, "Wanda Walker").go_on().on("waiting")
    assert len(lobby.do("waiting", lobby.laid)) == 1


def test_a_phone_is_bound_by_the_picture_and_the_same_digits(
    lobby: Lobby, reception_browser: Browser
) -> None:
    made = lobby.do("invite", lobby.laid, "Vera Visitor")
    kiosk = lobby.screen.choose("expected").on("code")
    kiosk.field("Code").fill(made["code"])
    kiosk.go_on().on("document").sign().go_on().on("way")
    with kiosk.page.expect_response("**/phone") as offered:
        kiosk.choose("phone")
    kiosk.on("phone")
    expect(kiosk.page.locator(".kiosk-picture svg")).to_be_visible(timeout=PATIENCE_MS)
    kiosk.shot("13-phone")
    phone = reception_browser.new_context(viewport={"width": 375, "height": 667}, is_mobile=True).new_page()
    phone.goto(offered.value.json()["address"])
    shown = phone.locator("[data-digits]:visible")
    expect(shown).to_be_visible(timeout=PATIENCE_MS)
    kiosk.on("digits", "14-digits")
    assert kiosk.page.locator(".kiosk-digits").inner_text() == shown.inner_text()
    kiosk.deed("same").on("done")
    told = lobby.told(made["visit"])
    assert (told["state"], told["way"], told["phone"]) == ("on_site", "phone", True)
    phone.context.close()
    assert kiosk.complaints == []


def test_what_was_sealed_without_network_waits_at_reception(lobby: Lobby) -> None:
    kiosk = lobby.screen
    kiosk.page.route("**/api/v1/**", lambda route: route.abort())
    kiosk.choose("walk_in").on("whom")
    kinds = kiosk.page.locator("[data-type]")
    if kinds.count():
        kinds.get_by_text(lobby.laid["type_name"], exact=True).click()
    kiosk.page.locator("[role=combobox]").press_sequentially(lobby.laid["host_name"])
    expect(kiosk.page.locator("[role=combobox]")).to_have_count(0, timeout=PATIENCE_MS)
    kiosk.page.get_by_label("Name", exact=True).fill(lobby.laid["host_name"])
    kiosk.go_on().on("details").page.locator(".kiosk-field input").first.fill("Wanda Offline")
    kiosk.go_on().on("document").sign().go_on().on("sealed", "15-sealed").go_on().on("home")
    assert lobby.do("waiting", lobby.laid) == []
    kiosk.page.unroute("**/api/v1/**")
    note = kiosk.page.locator("[data-part=note]")
    expect(note).not_to_contain_text("written down", timeout=2 * PATIENCE_MS)
    visit = lobby.waiting()
    told = lobby.told(visit)
    assert (told["name"], told["signed"]) == (
        "Wanda Offline",
        [{"name": "Wanda Offline", "pdf": True}],
    )
    lobby.do("let_in", visit)


def test_a_kiosk_that_is_unpaired_holds_nothing(lobby: Lobby) -> None:
    kiosk = lobby.screen
    handle = kiosk.page.evaluate(
        "async () => (await (await import('/static/kiosk/store.js')).get('identity')).kiosk"
    )
    lobby.do("unpair", handle)
    kiosk.choose("delivery").on("delivery")
    kiosk.page.locator("[role=combobox]").press_sequentially("Hed")
    kiosk.on("unpaired")
    kiosk.page.wait_for_function("async () => (await indexedDB.databases()).length === 0")
