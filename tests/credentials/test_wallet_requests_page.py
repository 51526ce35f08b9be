"""Asking about one's data in the wallet: sent once though the answer was lost; the words of an answer."""

import json
import secrets
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from tests.credentials.wallet import Wallet
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
REQUESTS = "**/api/v1/wallet/requests"


@pytest.fixture
def phone(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Wallet]:
    language = getattr(request, "param", "en")
    made = Wallet(live_stack, browser, "320", language, f"henri-{secrets.token_hex(4)}@acme.example")
    yield made
    made.context.close()


def lose(route: Route) -> None:
    """The server has it, the phone hears nothing."""
    asked = route.request
    if asked.method != "POST":
        return route.continue_()
    host = asked.url.split("/")[2]
    address = asked.url.replace("acme.localhost", "127.0.0.1")
    sent = httpx.post(address, content=asked.post_data_buffer, headers={**asked.headers, "host": host})
    assert sent.status_code == 201
    return route.abort()


@pytest.mark.parametrize("phone", ["en", "de", "fr", "es"], indirect=True)
def test_asked_once_and_seen(phone: Wallet) -> None:
    phone.enrol()
    phone.page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").click()
    phone.shows("privacy")
    new = phone.page.locator("[data-asks-new]")
    new.locator("summary").press("Enter")  # what loads above it moves it: a click may miss
    new.locator("select").select_option("erasure")
    new.locator("textarea").fill("All of it, please.")
    phone.page.route(REQUESTS, lose)
    new.locator("[data-asks-deed]").click()
    expect(phone.page.locator("[data-asks-error]")).to_be_visible(timeout=15_000)
    phone.page.unroute(REQUESTS)
    new.locator("[data-asks-deed]").click()
    cards = phone.page.locator("[data-request]")
    expect(cards).to_have_count(1, timeout=15_000)
    expect(cards.locator("[data-due]")).not_to_be_empty()
    expect(cards.locator("[data-shows]")).to_be_hidden()
    phone.fits()
    phone.shot("asks")
    phone.page.reload()
    phone.shows("ready")


def test_the_words_of_an_answer_are_shown_when_asked_for(phone: Wallet) -> None:
    phone.enrol()
    line = {"id": "0" * 8, "number": 7, "kind": "access", "via": "wallet", "state": "ANSWERED"}
    line |= {"received_at": 1, "answer_by": 2, "extended": False, "answered_at": 3, "closed_at": None}
    told = {"address": "https://acme.example/x/", "passphrase": "one two three", "bytes": 9, "expires_at": 9}

    def answer(route: Route) -> None:
        body = told if route.request.url.endswith("/answer") else {"requests": [line]}
        route.fulfill(content_type="application/json", body=json.dumps(body | {"server_now": now}))

    now = phone.page.evaluate("Math.floor(Date.now() / 1000)")
    phone.page.route(f"{REQUESTS}*/**", answer)
    phone.page.route(REQUESTS, answer)
    phone.page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").click()
    card = phone.page.locator("[data-request]")
    expect(card).to_have_count(1, timeout=15_000)
    expect(card).not_to_contain_text("one two three")
    card.locator("[data-shows]").click()
    expect(card.locator("[data-phrase]")).to_have_text("one two three", timeout=15_000)
    expect(card.locator("[data-link]")).to_have_attribute("href", str(told["address"]))
    phone.fits()
