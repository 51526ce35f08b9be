"""Privacy in the wallet: read, agree, sign, take it back in two taps, in four languages."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.credentials.wallet import Wallet
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
WITHDRAW = {"en": "Withdraw", "de": "Widerrufen", "fr": "Retirer", "es": "Retirar"}
CONSENTS = "**/api/v1/wallet/consents"


@pytest.fixture
def phone(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Wallet]:
    language = getattr(request, "param", "en")
    made = Wallet(live_stack, browser, "320", language, f"henri-{secrets.token_hex(4)}@acme.example")
    yield made
    made.context.close()


def ask(wallet: Wallet, profile: str, *changed: str) -> str:
    """A new notice about faces; the word that is in it."""
    word = f"a template of {secrets.token_hex(4)}"
    wallet.do("notice", "face", profile, word, *changed)
    return word


def privacy(wallet: Wallet) -> Locator:
    wallet.page.locator("[data-view=ready] .wallet-pair [data-deed=privacy]").click()
    wallet.shows("privacy")
    return wallet.page.locator("[data-purpose=face]")


def said(wallet: Wallet) -> list[dict[str, Any]]:
    return list(wallet.do("consents", wallet.holder))


@pytest.mark.parametrize("phone", ["en", "de", "fr", "es"], indirect=True)
def test_read_agree_and_take_it_back_in_two_taps(phone: Wallet) -> None:
    word = ask(phone, "gdpr")
    phone.enrol()
    card = privacy(phone)
    expect(card.locator("[data-words]")).to_contain_text(word)
    expect(card.locator("[data-words] b")).to_have_count(0)  # what looks like markup is text
    expect(card.locator("[data-words]")).to_contain_text("<b>")
    pressed = card.locator("[data-gives]").inner_text()
    card.locator("[data-gives]").click()
    expect(card.locator("[data-withdraws]")).to_be_visible(timeout=15_000)
    phone.fits()
    phone.shot("privacy-agreed")
    (record,) = said(phone)
    assert (record["ended"], record["pressed"]) == ("", pressed)
    phone.page.reload()
    phone.shows("ready")
    taken_back = privacy(phone).locator("[data-withdraws]")  # one tap
    language = phone.page.evaluate("document.documentElement.lang")
    expect(taken_back).to_have_text(WITHDRAW[language], timeout=15_000)
    taken_back.click()  # two
    expect(card.locator("[data-gives]")).to_be_visible(timeout=15_000)
    assert [one["ended"] for one in said(phone)] == ["withdrawn"]
    phone.fits()
    assert phone.complaints == []


def test_the_answer_is_lost_and_given_again(phone: Wallet) -> None:
    """The server has it, the phone does not know: pressed again, it is the same answer."""
    ask(phone, "gdpr")
    phone.enrol()
    card = privacy(phone)

    def lose(route: Route) -> None:
        asked = route.request
        address = asked.url.replace("acme.localhost", "127.0.0.1")
        host = asked.url.split("/")[2]
        sent = httpx.post(address, content=asked.post_data_buffer, headers={**asked.headers, "host": host})
        assert sent.status_code == 201
        route.abort()

    phone.page.route(CONSENTS, lose)
    card.locator("[data-gives]").click()
    expect(phone.page.locator("[data-privacy-error]")).to_be_visible(timeout=15_000)
    phone.page.unroute(CONSENTS)
    card.locator("[data-gives]").click()
    expect(card.locator("[data-withdraws]")).to_be_visible(timeout=15_000)
    assert len(said(phone)) == 1


def test_the_text_changes_between_reading_and_pressing(phone: Wallet) -> None:
    ask(phone, "gdpr")
    phone.enrol()
    card = privacy(phone)
    expect(card.locator("[data-gives]")).to_be_visible(timeout=15_000)
    word = ask(phone, "gdpr")
    card.locator("[data-gives]").click()
    expect(phone.page.locator("[data-privacy-error]")).to_contain_text("changed meanwhile", timeout=15_000)
    expect(card.locator("[data-words]")).to_contain_text(word)
    assert said(phone) == []


def test_whom_a_new_method_asks_again(phone: Wallet) -> None:
    ask(phone, "gdpr")
    phone.enrol()
    privacy(phone).locator("[data-gives]").click()
    expect(phone.page.locator("[data-purpose=face] [data-withdraws]")).to_be_visible(timeout=15_000)
    ask(phone, "gdpr", "method")
    phone.page.reload()
    phone.shows("ready")
    news = phone.page.locator("[data-privacy-asks]")
    expect(news).to_be_visible(timeout=15_000)
    phone.fits()
    news.locator("[data-deed=privacy]").click()
    state = phone.page.locator("[data-purpose=face] [data-state]")
    expect(state).to_contain_text("has changed", timeout=15_000)
    assert [one["ended"] for one in said(phone)] == ["asked_again"]
    phone.page.locator("[data-purpose=face] [data-gives]").click()
    expect(phone.page.locator("[data-privacy-said]")).to_contain_text("Noted", timeout=15_000)


def test_a_written_release_is_signed_with_the_name(phone: Wallet) -> None:
    ask(phone, "bipa")
    phone.enrol()
    card = privacy(phone)
    card.locator("[data-gives]").click()
    expect(phone.page.locator("[data-privacy-error]")).to_contain_text("Type your name", timeout=15_000)
    phone.fits()
    card.get_by_label("Sign with your full name").fill("Henri Holder")
    card.locator("[data-gives]").click()
    expect(card.locator("[data-withdraws]")).to_be_visible(timeout=15_000)
    assert [one["signed_name"] for one in said(phone)] == ["Henri Holder"]


def test_whose_access_rests_takes_it_back(phone: Wallet) -> None:
    ask(phone, "gdpr")
    phone.enrol()
    privacy(phone).locator("[data-gives]").click()
    expect(phone.page.locator("[data-purpose=face] [data-withdraws]")).to_be_visible(timeout=15_000)
    phone.do("suspend", phone.holder)
    phone.page.reload()
    phone.shows("stopped")
    phone.page.locator("[data-paused]").click()
    phone.shows("privacy")
    phone.page.locator("[data-purpose=face] [data-withdraws]").click()
    expect(phone.page.locator("[data-privacy-said]")).to_contain_text("Withdrawn", timeout=15_000)
    assert [one["ended"] for one in said(phone)] == ["withdrawn"]
