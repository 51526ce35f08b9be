"""Every screen of the kiosk is sound to axe (WCAG 2.2 AA) in every language, by day and night; no mouse."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.live import Live
from tests.pages.test_journeys import faults
from tests.visitors.kiosk_api import CODE, FakeApi
from tests.visitors.kiosk_screen import PATIENCE_MS, SIZES, Screen

pytestmark = pytest.mark.browser
STATIC = Path(__file__).resolve().parent.parent.parent / "static" / "kiosk"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EVERYTHING = ["documents", "consent", "photo", "face", "way", "phone", "badge"]
NO_STORE = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"


class Looked:
    """One tablet, and which of its screens were looked at."""

    def __init__(self, kiosk: Screen, language: str) -> None:
        self.kiosk, self.language = kiosk, language
        self.seen: set[str] = set()

    def at(self, name: str) -> Screen:
        """The screen is there, and is sound."""
        self.sound(self.kiosk.on(name).page, name)
        return self.kiosk

    def over(self, name: str) -> None:
        """A question that stands over the screen."""
        expect(self.kiosk.page.locator(f"dialog[data-part={name}]")).to_be_visible()
        self.kiosk.fits(name)
        self.sound(self.kiosk.page, name)

    def sound(self, page: Page, name: str) -> None:
        """It speaks the language, and axe finds nothing by day nor by night."""
        expect(page.locator("html")).to_have_attribute("lang", self.language)
        self.seen.add(name)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            assert faults(page) == [], f"{name} {self.language} {theme}"


def visit(looked: Looked) -> None:
    """Somebody who was not announced is asked for everything."""
    kiosk, api, page = looked.kiosk, looked.kiosk.api, looked.kiosk.page
    assert api is not None
    api.steps, api.types = EVERYTHING, 3
    kiosk.open()
    looked.at("pair")
    page.locator("[data-pair]").fill(CODE)
    kiosk.go_on().on("home").language(looked.language)
    looked.at("home").choose("walk_in").on("whom")
    kiosk.page.locator("[role=combobox]").press_sequentially("Hen")
    expect(page.locator("[role=option]")).to_have_count(2, timeout=PATIENCE_MS)
    looked.at("whom").page.locator("[data-type]").first.click()
    page.locator("[role=option]").first.click()
    kiosk.go_on().on("details").go_on()
    looked.at("details").page.locator(".kiosk-field input").first.fill("Vera Visitor")
    kiosk.go_on().on("document").go_on()
    looked.at("document").sign().go_on()
    looked.at("notice").go_on()
    looked.at("photo").deed("skip")
    looked.at("waiting")
    looked.at("face").deed("skip")
    looked.at("way").choose("phone").on("phone")
    expect(page.locator(".kiosk-picture svg")).to_be_visible(timeout=PATIENCE_MS)
    looked.at("phone")
    api.scan()
    looked.at("digits").deed("same").on("done")
    expect(page.locator(".kiosk-screen iframe")).to_have_count(0)
    looked.at("done").go_on().on("home")


def other(looked: Looked) -> None:
    """Whoever is expected, leaves, delivers, or is stopped."""
    kiosk, api, page = looked.kiosk, looked.kiosk.api, looked.kiosk.page
    assert api is not None
    kiosk.pair().language(looked.language).choose("expected")
    looked.at("code").deed("no-code")
    looked.at("appointment")
    page.click("[data-part=help]")
    looked.over("helper")
    page.click("[data-part=helper-over]")
    kiosk.on("home").language(looked.language).choose("leaving")
    looked.at("leaving").page.locator(".kiosk-field input").fill("Vera Visitor")
    kiosk.go_on()
    looked.at("left").go_on().on("home").language(looked.language).choose("delivery")
    looked.at("delivery").host().go_on()
    looked.at("called").go_on().on("home").language(looked.language).choose("delivery").deed("nobody")
    looked.at("reception").go_on().on("home").language(looked.language)
    api.state_said = "refused"
    kiosk.choose("expected").on("code").page.locator(".kiosk-field input").fill(CODE)
    kiosk.go_on()
    looked.at("refused").go_on().on("home").language(looked.language)
    api.state_said = ""
    page.click("[data-part=staff]")
    looked.over("cover")
    page.click("[data-part=cover-back]")


def stopped(looked: Looked) -> None:
    """Without network, by what nobody foresaw, without anybody, without a key."""
    kiosk, api, page = looked.kiosk, looked.kiosk.api, looked.kiosk.page
    assert api is not None
    kiosk.page.clock.install()
    kiosk.pair().language(looked.language)
    api.steps = ["documents", "way"]
    kiosk.choose("expected").on("code").page.locator(".kiosk-field input").fill(CODE)
    api.refuses = {"kiosk/arrivals": (503, "down")}
    kiosk.go_on().on("whom").page.locator(".kiosk-field input").fill("Henrike Holder")
    kiosk.go_on().on("details").page.locator(".kiosk-field input").first.fill("Vera")
    kiosk.go_on().on("document").sign().go_on()
    looked.at("sealed").go_on().on("home").language(looked.language)
    api.refuses = {}
    falls(looked)
    api.ways = ["escort"]
    kiosk.choose("expected").on("code").page.locator(".kiosk-field input").fill(CODE)
    api.refuses = {"/way": (503, "down")}
    kiosk.go_on().on("document").sign().go_on()
    looked.at("no-network")
    page.clock.run_for(32_000)
    looked.over("still")
    page.click("[data-part=still-here]")
    api.unpaired = True
    kiosk.go_on()
    looked.at("unpaired")


def falls(looked: Looked) -> None:
    """The server says what the page does not know: no ways at all, not even none."""
    kiosk, api = looked.kiosk, looked.kiosk.api
    assert api is not None
    api.ways = None
    kiosk.choose("expected").on("code").page.locator(".kiosk-field input").fill(CODE)
    kiosk.go_on().on("document").sign().go_on()
    looked.at("fell").page.click("[data-part=start-over]")
    kiosk.on("home").language(looked.language)


def before(looked: Looked) -> None:
    """A browser that keeps nothing, and a second window."""
    kiosk = looked.kiosk
    keeps_nothing = kiosk.context.new_page()
    keeps_nothing.add_init_script(NO_STORE)
    opened(looked, keeps_nothing, "cannot").close()
    kiosk.pair()
    second = opened(looked, kiosk.context.new_page(), "elsewhere")
    kiosk.page.close()
    expect(second.locator("#kiosk")).to_have_attribute("data-screen", "home", timeout=PATIENCE_MS)


def opened(looked: Looked, page: Page, name: str) -> Page:
    """A window in which the kiosk stops at once."""
    page.goto(f"{looked.kiosk.live.address('acme')}/kiosk/")
    expect(page.locator("#kiosk")).to_have_attribute("data-screen", name, timeout=PATIENCE_MS)
    looked.sound(page, name)
    return page


SCENES: dict[Callable[[Looked], None], str] = {
    visit: "pair home whom details document notice photo waiting face way phone digits done",
    other: "code appointment helper leaving left delivery called reception refused cover",
    stopped: "sealed fell no-network still unpaired",
    before: "cannot elsewhere",
}
OVER = {"helper", "cover", "still"}  # questions that stand over a screen


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: str(scene.__name__))
def test_it_is_sound(
    live_stack: Live, reception_browser: Browser, scene: Callable[[Looked], None], language: str
) -> None:
    size = {"en": "desk", "de": "upright", "fr": "narrow", "es": "desk"}[language]
    kiosk = Screen(live_stack, reception_browser, FakeApi(), size=size, locale=language)
    looked = Looked(kiosk, language)
    try:
        scene(looked)
        assert looked.seen == set(SCENES[scene].split())
    finally:
        kiosk.close()


def test_no_screen_was_left_out() -> None:
    scripts = "".join(path.read_text() for path in STATIC.glob("*.js"))
    named = set(re.findall(r'\bname(?:: | = )"([a-z-]+)"', scripts)) - {"kiosk-sign"}
    looked = set(" ".join(SCENES.values()).split()) - OVER
    assert named == looked


class Keys:
    """Somebody with a keyboard alone; `headings`: screens on whose heading the focus was when they came."""

    def __init__(self, kiosk: Screen) -> None:
        self.kiosk = kiosk
        self.headings: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.kiosk.page.keyboard.press(key)

    def to(self, screen: str, selector: str, *keys: str) -> Page:
        """Tab until it has the focus."""
        page = self.kiosk.on(screen).page
        if page.evaluate("document.activeElement.tagName") == "H1":
            self.headings.append(screen)
        for _ in range(30):
            if page.evaluate("(one) => document.activeElement.matches(one)", selector):
                self.press(*keys)
                return page
            self.press("Tab")
        raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("size", SIZES)
def test_a_walk_by_keyboard_alone(live_stack: Live, reception_browser: Browser, size: str) -> None:
    """Tab, Enter, space and arrows; the focus is on the heading of each screen that comes."""
    api = FakeApi(types=2, ways=["day_pass", "escort"])
    kiosk = Screen(live_stack, reception_browser, api, size=size)
    keys = Keys(kiosk)
    try:
        kiosk.pair()
        keys.to("home", "[data-choice=walk_in]", "Enter")
        keys.to("whom", "[data-type]", "Space")
        keys.to("whom", "[role=combobox]").keyboard.type("Hen")
        expect(kiosk.page.locator("[role=option]")).to_have_count(2, timeout=PATIENCE_MS)
        keys.press("ArrowDown", "ArrowDown", "Enter")
        keys.to("whom", "[data-deed=go-on]", "Enter")
        keys.to("details", ".kiosk-field input").keyboard.type("Vera Visitor")
        keys.press("Enter")
        keys.to("document", ".kiosk-text")
        keys.to("document", "canvas", "Space")
        keys.press(*("ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown") * 3, "Space")
        keys.to("document", "[data-deed=go-on]", "Space")
        keys.to("way", "[data-choice=day_pass]", "Enter")
        keys.to("done", "[data-deed=go-on]", "Enter")
        kiosk.on("home")
        (signed,) = api.of("documents")
        assert len(signed["strokes"][0]) == 13
        assert api.of("kiosk/arrivals")[0]["host"].endswith("c9")  # the second one
        assert keys.headings == ["home", "whom", "details", "document", "way", "done"]
        assert kiosk.complaints == []
    finally:
        kiosk.close()
