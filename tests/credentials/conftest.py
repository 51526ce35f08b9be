"""A browser, and a phone in it."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.credentials.wallet import Wallet
from tests.fixtures.live import Live


@pytest.fixture(scope="module")
def browser(chromium: str, live_stack: Live) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def wallet(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Wallet]:
    size, language = getattr(request, "param", ("390", "en"))
    made = Wallet(live_stack, browser, size, language, f"henri-{secrets.token_hex(4)}@acme.example")
    yield made
    made.context.close()
