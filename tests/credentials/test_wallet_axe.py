"""Every view of the wallet is sound to axe (WCAG 2.2 AA), on a narrow phone, by day and by night."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from tests.biometrics.camera import INSTEAD
from tests.credentials.held import bend, cut_off, prepare
from tests.credentials.recognises import Authenticator
from tests.credentials.test_wallet_install import IPHONE, STANDALONE
from tests.credentials.wallet import HOST, SHOTS, Wallet
from tests.pages.test_journeys import faults

pytestmark = pytest.mark.browser
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates" / "wallet"
NARROW = pytest.mark.parametrize("wallet", [("320", "en")], indirect=True)
NO_STORE = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"
AGENT = "Object.defineProperty(Navigator.prototype, 'userAgent', { get: () => %r })"
STANDS = """async () => {
  const fades = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(fades.map((one) => one.finished.catch(() => {})));
}"""
CHANGE_KEY = """async () => {
  const { inStore } = await import("/static/wallet/store.js");
  const found = await inStore("readonly", (store) => store.get("device"));
  await inStore("readwrite", (store) => store.put({ ...found, privateKey: null }, "device"));
}"""


class Looked:
    """What was looked at, and how."""

    def __init__(self, wallet: Wallet) -> None:
        self.wallet = wallet
        self.views: set[str] = set()

    def at(self, view: str, name: str = "", page: Page | None = None) -> None:
        """`view` is in sight, and sound in both themes."""
        page = page or self.wallet.page
        expect(page.locator(f"[data-view='{view}']")).to_be_visible(timeout=15_000)
        self.views.add(view)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="light" if theme == "light" else "dark")
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            page.evaluate(STANDS)  # colours that fade into each other are judged when they stand
            if SHOTS:
                page.screenshot(path=Path(SHOTS, f"axe-{name or view}-{theme}.png"))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{view} {theme}"
            assert faults(page) == [], f"{name or view} {theme}"


def fresh_page(wallet: Wallet, *scripts: str) -> Page:
    """Another browser's page on a phone of the same size."""
    browser = wallet.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 320, "height": 568}, is_mobile=True, has_touch=True)
    for script in scripts:
        context.add_init_script(script)
    return context.new_page()


def moved(route: Route, page: str) -> None:
    """The page as a company's former address serves it; `page` as it is at one that was not left."""
    notice = render_to_string("wallet/_moved.html", {"moved": {"host": "new.example", "address": "/wallet/"}})
    sheet = '<link rel="stylesheet" href="/static/wallet/moved.css"></head>'
    body = page.replace("</head>", sheet, 1).replace("<section", f"{notice}<section", 1)
    route.fulfill(content_type="text/html", body=body)


def before_binding(looked: Looked) -> None:
    wallet = looked.wallet
    address = f"{wallet.live.address('acme')}/wallet/"
    apple = fresh_page(wallet, AGENT % IPHONE, STANDALONE % "false")
    apple.goto(address)
    looked.at("install", page=apple)
    forgetful = fresh_page(wallet, NO_STORE)
    forgetful.goto(address)
    looked.at("cannot", page=forgetful)
    elsewhere = fresh_page(wallet)
    page_here = httpx.get(f"http://127.0.0.1:{wallet.live.place.port}/wallet/", headers={"Host": HOST}).text
    elsewhere.route(address, lambda route: moved(route, page_here))
    elsewhere.goto(address)
    expect(elsewhere.locator(".wallet-moved")).to_be_visible()
    looked.at("enrol", "moved", page=elsewhere)
    for page in (apple, forgetful, elsewhere):
        page.context.close()
    wallet.open()
    looked.at("enrol")
    wallet.page.fill("#code", "0000-0000")
    wallet.page.click("[type=submit]")
    expect(wallet.page.locator("#code-error")).to_be_visible(timeout=15_000)
    looked.at("enrol", "enrol-wrong")
    wallet.page.fill("#code", wallet.do("code_of", wallet.holder))
    wallet.page.click("[type=submit]")
    looked.at("awaiting")


def bound(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    Authenticator(wallet)
    prepare(wallet)
    expect(page.locator("[data-offer]")).to_be_visible()
    looked.at("ready", "unlock-offered")
    page.click("[data-deed=show]")
    wallet.code()
    looked.at("code")
    page.click("[data-deed=hide]")
    page.click("[data-view=ready] [data-deed=phone]")
    looked.at("phone", "unlock-set-up")
    page.click("[data-view=phone] [data-deed=passkey]")
    expect(page.locator("[data-view=phone] [data-deed=unlock]")).to_be_visible(timeout=15_000)
    page.click("[data-deed=fresh]")
    expect(page.locator("[data-fresh]")).to_have_text("Prepared anew.", timeout=15_000)
    looked.at("phone")
    page.click("[data-view=phone] [data-deed=unlock]")
    expect(page.locator("[data-view=phone] [data-unlock]")).to_contain_text("Unlocked until", timeout=15_000)
    looked.at("phone", "unlocked")


def locked(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    wallet.enrol()
    wallet.do("require_unlock", "1")
    try:
        page.reload()
        wallet.shows("ready")
        page.click("[data-deed=show]")
        looked.at("locked")
    finally:
        wallet.do("require_unlock", "0")


def asked(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    wallet.enrol()
    wallet.do("invite", "Henri Holder", wallet.email, "en")
    wallet.do("enrol", wallet.holder)
    page.reload()
    expect(page.locator("[data-join]")).to_be_visible(timeout=15_000)
    looked.at("ready", "join")
    wallet.do("vouch", wallet.holder)
    page.reload()
    expect(page.locator("[data-news]")).to_be_visible(timeout=15_000)
    looked.at("ready", "news")
    page.route("**/wallet/me", lambda _: None)
    page.reload()
    looked.at("loading")


def without_signal(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    issued = int(prepare(wallet)["issued"])
    cut_off(wallet)
    looked.at("ready", "offline-ready")
    page.click("[data-deed=show]")
    expect(page.locator("[data-card]")).to_have_attribute("data-kind", "pass", timeout=15_000)
    looked.at("code", "pass")
    page.click("[data-deed=hide]")
    page.click("[data-view=ready] [data-deed=number]")
    looked.at("number")
    for begun, ends, name in ((-90_000, -3600, "ended"), (3600, 7200, "clock")):
        bend(wallet, issued=issued + begun, expires=issued + ends)
        page.reload()
        looked.at("offline", name)
    bend(wallet, keyid="another")
    page.reload()
    looked.at("offline", "no-pass")


def private(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    wallet.do("notice", "face", "gdpr", "a template")
    wallet.enrol()
    page.click("[data-view=ready] .wallet-pair [data-deed=privacy]")
    gives = page.locator("[data-purpose=face] [data-gives]")
    expect(gives).to_be_visible(timeout=15_000)
    looked.at("privacy")
    gives.click()
    expect(page.locator("[data-purpose=face] [data-withdraws]")).to_be_visible(timeout=15_000)
    looked.at("privacy", "agreed")


def hosting(looked: Looked) -> None:
    """A host with one who waits, one who is coming, and the form open."""
    wallet, page = looked.wallet, looked.wallet.page
    wallet.enrol()
    page.click("[data-view=ready] [data-deed=visits]")
    expect(page.locator("[data-host-none]")).to_be_visible(timeout=15_000)
    looked.at("visits", "visits-none")
    page.click("[data-view=visits] [data-deed=back]")
    for name, waits in (("Vera Visitor", "no"), ("Ada Ahead", "yes")):
        wallet.live.office("tests.visitors.host_deeds", HOST).do("expect_guest", wallet.holder, name, waits)
    page.click("[data-view=ready] [data-deed=visits]")
    expect(page.locator("[data-hosted]")).to_have_count(2, timeout=15_000)
    page.click("[data-host-new] summary")
    looked.at("visits")


def faced(looked: Looked) -> None:
    """The face views; the camera is one that shows nothing."""
    wallet, page = looked.wallet, looked.wallet.page
    page.add_init_script(INSTEAD)
    wallet.do("notice", "face", "gdpr", "a template")
    wallet.enrol()
    page.click("[data-view=ready] .wallet-pair [data-deed=privacy]")
    page.click("[data-view=privacy] [data-deed=face]")
    state = page.locator("[data-face-state]")
    expect(state).to_have_text("You have not agreed.", timeout=15_000)
    looked.at("face", "face-not-agreed")
    page.click("[data-deed=face-notice]")
    looked.at("privacy", "face-notice")
    page.click("[data-purpose=face] [data-gives]")
    expect(state).to_have_text("Not enrolled yet.", timeout=15_000)
    looked.at("face")
    page.click("[data-deed=face-take]")
    page.get_by_label("No flashing light").check()
    looked.at("camera", "camera-before")
    page.click("[data-camera-start]")
    expect(page.locator("[data-camera-stop]")).to_be_visible()
    looked.at("camera", "camera-running")
    expect(page.locator("[data-view=camera]")).to_have_attribute("data-state", "over", timeout=30_000)
    looked.at("camera", "camera-over")
    page.route("**/wallet/face", lambda route: route.abort())
    page.click("[data-deed=camera-back]")
    expect(page.locator("[data-face-error]")).to_be_visible(timeout=15_000)
    looked.at("face", "face-no-network")


def stopped(looked: Looked) -> None:
    wallet, page = looked.wallet, looked.wallet.page
    wallet.enrol()
    wallet.do("suspend", wallet.holder)
    page.reload()
    looked.at("stopped", "suspended")
    wallet.do("resume", wallet.holder)
    wallet.do("revoke", wallet.holder)
    page.reload()
    expect(page.locator("[data-view=stopped] .wallet-link")).to_be_visible(timeout=15_000)
    looked.at("stopped", "revoked")
    page.evaluate(CHANGE_KEY)
    page.reload()
    expect(page.locator("#wallet")).to_have_attribute("data-why", "key_lost", timeout=15_000)
    looked.at("stopped", "key-lost")
    page.evaluate("async () => indexedDB.deleteDatabase('sallyport-wallet')")
    page.reload()
    expect(page.locator("#wallet")).to_have_attribute("data-why", "data_cleared", timeout=15_000)
    looked.at("stopped", "data-cleared")


def visiting(looked: Looked) -> None:
    page, office = looked.wallet.page, looked.wallet.live.office("tests.visitors.kiosk_deeds", HOST)
    address = f"{looked.wallet.live.address('acme')}/wallet/"
    page.goto(f"{address}#here=nothing")
    looked.at("unbound", "unbound")
    visit = office.do("visit", "Vera Visitor")
    page.goto(f"{address}#visit={visit['token']}")
    looked.at("prepared", "prepared")
    page.goto(f"{address}#{office.do('offer', visit['visit'])}")
    looked.at("same", "same")
    office.do("confirm", visit["visit"])
    looked.at("ready", "ready-visit")
    page.click("[data-deed=visit-leave]")
    looked.at("leaving", "leaving")
    page.click("[data-deed=visit-leave-yes]")
    looked.at("goodbye", "goodbye")


SCENES: dict[Callable[[Looked], None], set[str]] = {
    before_binding: {"install", "cannot", "enrol", "awaiting"},
    bound: {"ready", "code", "phone"},
    locked: {"locked"},
    asked: {"ready", "loading"},
    without_signal: {"ready", "code", "number", "offline"},
    private: {"privacy"},
    hosting: {"visits"},
    faced: {"face", "privacy", "camera"},
    stopped: {"stopped"},
    visiting: {"unbound", "prepared", "same", "ready", "leaving", "goodbye"},
}


@NARROW
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: str(scene.__name__))
def test_it_is_sound(wallet: Wallet, scene: Callable[[Looked], None]) -> None:
    looked = Looked(wallet)
    scene(looked)
    assert looked.views == SCENES[scene]


def test_no_view_was_left_out() -> None:
    page = "".join(path.read_text() for path in TEMPLATES.glob("*.html"))
    assert set(re.findall(r'data-view="(\w+)"', page)) == set().union(*SCENES.values())
