"""iPhone and iPad: to the home screen first, for what a page keeps in the browser does not last there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fixtures.live import Live
from tests.touch import too_low

pytestmark = pytest.mark.browser
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
IPAD = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
FINGERS = "Object.defineProperty(Navigator.prototype, 'maxTouchPoints', { get: () => 5 })"
STANDALONE = "Object.defineProperty(Navigator.prototype, 'standalone', { get: () => %s })"
TITLES = {
    "en": "First to the home screen",
    "de": "Zuerst auf den Home-Bildschirm",
    "fr": "D’abord sur l’écran d’accueil",
    "es": "Primero a la pantalla de inicio",
}


class Phones:
    """Fresh phones at the wallet's address."""

    def __init__(self, live: Live, browser: Browser) -> None:
        self.live, self.browser = live, browser

    def open(self, agent: str, *, language: str = "en", standalone: bool | None = None) -> Page:
        """`standalone` as iOS tells it: None where the browser knows no such thing."""
        context = self.browser.new_context(
            viewport={"width": 320, "height": 568},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            user_agent=agent,
            locale=language,
        )
        if standalone is not None:
            context.add_init_script(STANDALONE % str(standalone).lower())
            context.add_init_script(FINGERS)
        page = context.new_page()
        page.goto(f"{self.live.address('acme')}/wallet/")
        return page


@pytest.fixture
def phones(live_stack: Live, browser: Browser) -> Iterator[Phones]:
    before = len(browser.contexts)
    yield Phones(live_stack, browser)
    for context in browser.contexts[before:]:
        context.close()


def keys_made(page: Page) -> int:
    count: int = page.evaluate(
        """async () => (await (await import("/static/wallet/keys.js")).kept()) === undefined ? 0 : 1"""
    )
    return count


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_an_iphone_is_led_to_its_home_screen_first(phones: Phones, language: str) -> None:
    page = phones.open(IPHONE, language=language, standalone=False)
    view = page.locator("[data-view=install]")
    expect(view.locator("h1")).to_have_text(TITLES[language], timeout=15_000)
    expect(page.locator("[data-view=enrol]")).to_be_hidden()
    expect(view.locator("li")).to_have_count(3)
    assert keys_made(page) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert too_low(page) == []
    expect(view.locator("[data-deed=stay]")).to_be_visible()
    view.locator("[data-deed=stay]").click()
    expect(page.locator("[data-view=enrol]")).to_be_visible()
    expect(page.locator("#code")).to_be_focused()


def test_an_ipad_that_says_it_is_a_mac_is_led_there_too(phones: Phones) -> None:
    expect(phones.open(IPAD, standalone=False).locator("[data-view=install]")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize(("agent", "standalone"), [(IPHONE, True), (ANDROID, None)])
def test_on_the_home_screen_and_on_other_phones_the_code_is_typed(
    phones: Phones, agent: str, standalone: bool | None
) -> None:
    page = phones.open(agent, standalone=standalone)
    expect(page.locator("[data-view=enrol]")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-view=install]")).to_be_hidden()
