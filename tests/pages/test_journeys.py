"""A company in a real Chromium: sign-up, second factor, the console live; every page held to WCAG 2.2 AA."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from deploy.vendor import ROOT
from tests import cast
from tests.fixtures.live import Live
from tests.typed import second_factor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]
AXE = (ROOT / "tests" / "vendor" / "axe" / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOTS = os.environ.get("CONSOLE_SHOTS")  # a folder to look at what the pages show
Screen = tuple[int, int, Literal["light", "dark"]]
SCREENS: dict[str, Screen] = {
    "desk-light": (1280, 900, "light"),
    "desk-dark": (1280, 900, "dark"),
    "phone": (320, 640, "light"),
}


class Console:
    """A fresh company, signed up in the browser, its owner signed in."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.live, self.browser = live, browser
        self.word = f"journey-{secrets.token_hex(3)}"
        self.host = f"{self.word}.localhost"
        self.complaints: list[str] = []
        self.context = self.new_context(*SCREENS["desk-light"])
        self.page = self.new_page(self.context)
        self.sign_up()
        self.sign_in()
        self.facts: dict[str, str] = self.do("furnish")

    def do(self, *words: str) -> Any:
        return self.live.office("tests.pages.deeds", self.host).do(*words)

    def new_context(self, width: int, height: int, theme: Any, state: Any = None) -> BrowserContext:
        return self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            reduced_motion="reduce",
            storage_state=state,
        )

    def new_page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def heard(self, said: ConsoleMessage) -> None:
        # What has no address is a script that a test put in: axe paints what it looks at.
        if said.type == "error" and said.location["url"]:
            self.complaints.append(said.text)

    def address(self, path: str, *, public: bool = False) -> str:
        return self.live.address("" if public else self.word) + path

    def sign_up(self) -> None:
        page = self.page
        page.goto(self.address("/", public=True))
        page.click("text=Sign up your company")
        page.fill("[name=name]", self.word.replace("-", " ").title())
        expect(page.locator("[name=subdomain]")).to_have_value(self.word)
        expect(page.locator("#subdomain-said")).to_contain_text("is free")
        page.fill("[name=subdomain]", "acme")
        expect(page.locator("#subdomain-said")).to_contain_text("Another company has this address")
        page.fill("[name=subdomain]", self.word)
        expect(page.locator("#subdomain-said")).to_contain_text("is free")
        page.fill("[name=owner_name]", "Jo Journey")
        page.fill("[name=owner_email]", "jo@journey.example")
        page.fill("[name=password]", cast.PASSWORD)
        page.click("text=Make the company")
        expect(page.locator("h1")).to_contain_text("is ready", timeout=15_000)
        page.click("text=Go to sign-in")

    def sign_in(self) -> None:
        page = self.page
        page.fill("[name=email]", "jo@journey.example")
        page.fill("[name=password]", cast.PASSWORD)
        page.click("text=Go on")
        expect(page.locator("h1")).to_have_text("Set up your second factor")
        page.click("summary")
        self.secret = page.locator("[data-secret]").inner_text()
        page.fill("[name=code]", second_factor(self.secret))
        page.click("text=Confirm")
        expect(page.locator(".code-list li")).to_have_count(10)
        page.click("text=I have kept them")
        expect(page.locator("h1")).to_have_text("Overview")


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live) -> Iterator[Console]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield Console(live_stack, browser)
        browser.close()


def look(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS, f"{name}.png"), full_page=True)


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


PAGES = {
    "overview": "/",
    "alarms": "/alarms/",
    "travel": "/doors/travel/",
    "events": "/events/",
    "event": "/events/1/",
    "search": "/search/?q=henri",
    "people": "/people/",
    "person": "/people/{holder}/",
    "readers": "/readers/",
    "doors": "/doors/",
    "door-add": "/doors/add/",
    "schedules": "/doors/schedules/",
    "schedule-add": "/doors/schedules/add/",
    "levels": "/doors/levels/",
    "level-add": "/doors/levels/add/",
    "grant-add": "/people/{holder}/grants/add/",
    "person-add": "/people/add/",
    "pair": "/readers/pair/",
    "record": "/record/",
    "checkpoints": "/record/checkpoints/",
    "streams": "/record/streams/",
    "a-new-stream": "/record/streams/add/",
    "compliance": "/compliance/",
    "compliance-policy": "/compliance/policy/",
    "consents": "/compliance/consents/",
    "requests": "/compliance/cases/",
    "request-add": "/compliance/cases/add/?q=a&new=1",
    "request-rectification": "/compliance/cases/{rectification_request}/?q=a",
    "request-restriction": "/compliance/cases/{restriction_request}/",
    "request-objection": "/compliance/cases/{objection_request}/",
    "request-withdrawal": "/compliance/cases/{withdrawal_request}/",
    "settings": "/settings/",
    "keys": "/settings/keys/",
    "address": "/settings/address/",
    "operators": "/settings/operators/",
    "operator-add": "/settings/operators/add/",
    "two-factor": "/two-factor/",
    "password-change": "/password/change/",
    "set-up": "/two-factor/set-up/",
}
OPEN_PAGES = {
    "landing": "/",
    "sign-up": "/sign-up/",
    "sign-in": "/sign-in/",
    "forgotten": "/password/forgotten/",
    "link-void": "/password/reset/x/",
    "privacy": "/privacy/",
    "request-ask": "/privacy/request/",
    "request-void": "/privacy/request/x/",
    "lost": "/lost/",
    "lost-void": "/lost/x/",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_sound(console: Console, name: str) -> None:
    context = console.new_context(*SCREENS["desk-light"], state=console.context.storage_state())
    hold(console, context, console.address(PAGES[name].format(**console.facts)), name)


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_every_open_page_is_sound(console: Console, name: str) -> None:
    public = name in {"landing", "sign-up"}
    context = console.new_context(*SCREENS["desk-light"])
    hold(console, context, console.address(OPEN_PAGES[name], public=public), name)


def hold(console: Console, context: BrowserContext, address: str, name: str) -> None:
    """Sound to axe in both themes, no wider than the screen, no complaint of the browser."""
    console.complaints.clear()
    page = console.new_page(context)
    answer = page.goto(address)
    assert answer is not None
    page.wait_for_load_state("load")
    page.wait_for_timeout(200)  # modules, sockets and fonts may still complain
    complaints = [text for text in console.complaints if answer.status == 200 or "410" not in text]
    assert complaints == []
    for screen, (width, height, theme) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        look(page, f"{name}-{screen}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide: {screen}"
        assert faults(page) == [], screen
    context.close()


def test_an_event_appears_by_itself(console: Console) -> None:
    page = console.page
    page.goto(console.address("/"))
    expect(page.locator("[data-live-text]")).to_have_text("Live")
    granted = int(page.locator(".figure-number").first.inner_text())
    event = console.do("pass_door")
    expect(page.locator(".feed li").first).to_have_attribute("data-event", event, timeout=5_000)
    expect(page.locator(".figure-number").first).to_have_text(str(granted + 1), timeout=5_000)
    assert page.locator(".feed li").count() <= 14


def test_without_the_socket_the_page_asks_by_itself(console: Console) -> None:
    context = console.new_context(*SCREENS["desk-light"], state=console.context.storage_state())
    page = context.new_page()
    page.add_init_script(
        "window.WebSocket = class extends EventTarget { constructor() { super();"
        " setTimeout(() => this.dispatchEvent(new CloseEvent('close', {code: 1006}))) } };"
    )
    page.goto(console.address("/"))
    expect(page.locator("[data-live-text]")).to_have_text("Every 3 seconds")
    event = console.do("pass_door")
    expect(page.locator(".feed li").first).to_have_attribute("data-event", event, timeout=8_000)
    context.close()


def test_a_revoked_phone_is_seen_to_die(console: Console) -> None:
    page = console.page
    page.goto(console.address(f"/people/{console.facts['holder']}/"))
    page.click("text=Revoke this phone")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("3 readers will be told")
    assert faults(page) == []
    look(page, "revoke")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.click("text=Revoke this phone")
    dialog.locator("select").select_option("lost")
    dialog.locator("button.btn-danger").click()
    line = page.locator("[data-progress]")
    expect(line).to_contain_text("Dead at 0 of 3 readers")
    console.do("acknowledge", "2")
    expect(line).to_contain_text("Dead at 2 of 3 readers, 80 ms; Dock: last heard", timeout=5_000)
    console.do("acknowledge", "3")
    expect(line).to_contain_text("Dead at 3 of 3 readers, 120 ms", timeout=5_000)
    assert faults(page) == []
    look(page, "revoked")


def test_the_owner_refuses_all_keys(console: Console) -> None:
    context = console.new_context(*SCREENS["phone"], state=console.context.storage_state())
    page = console.new_page(context)
    page.goto(console.address("/settings/keys/"))
    page.click("text=Compromised")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text(
        "This cuts off 0 day passes, 0 phones showing a code and 0 phones that may hold a pass."
    )
    assert faults(page) == []
    look(page, "keys-refuse")
    dialog.locator("button.btn-danger").click()
    expect(page.locator("main")).to_contain_text("Refused")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for screen, (width, height, theme) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        assert faults(page) == [], screen
        look(page, f"keys-refused-{screen}")
    context.close()


def test_keys_theme_and_the_small_screen(console: Console) -> None:
    # A context of its own: the theme that it chooses stays out of the other pages' storage.
    context = console.new_context(*SCREENS["desk-light"], state=console.context.storage_state())
    page = console.new_page(context)
    page.goto(console.address("/events/"))
    page.keyboard.press("/")
    expect(page.locator("#seek")).to_be_focused()
    page.keyboard.type("zo")
    page.keyboard.press("Enter")
    expect(page.locator("table")).to_contain_text("Zoë Müller")
    before = page.evaluate("document.documentElement.dataset.bsTheme")
    page.click("[data-theme-toggle]")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") != before
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.locator("#places")).to_be_hidden()
    page.click("[popovertarget=places]")
    expect(page.locator("#places")).to_be_visible()
    page.locator("#places >> text=Events").click()
    page.wait_for_url(re.compile("/events/$"))
    context.close()


def test_the_record_is_verified_at_the_press_of_a_button(console: Console) -> None:
    """Through the outbox, a worker and back to the page, which asks by itself.

    The scene's events were written past the ledger: the verification must say so.
    """
    page = console.new_page(console.context)
    page.goto(console.address("/record/"))
    page.click("text=Verify the record")
    expect(page.locator("#verification")).to_contain_text("belong to no batch on record", timeout=60_000)
    look(page, "verified")
    page.close()


def test_signing_out_ends_the_live_line(console: Console) -> None:
    context = console.new_context(*SCREENS["desk-light"])
    page = context.new_page()
    page.goto(console.address("/"))
    page.fill("[name=email]", "jo@journey.example")
    page.fill("[name=password]", cast.PASSWORD)
    page.click("text=Go on")
    page.fill("[name=code]", second_factor(console.secret, later=30))  # the code of this moment was used
    page.click("button.btn-primary")
    expect(page.locator("h1")).to_have_text("Overview")
    page.click("summary")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.goto(console.address("/"))
    expect(page.locator("h1")).to_have_text("Sign in")
    context.close()
