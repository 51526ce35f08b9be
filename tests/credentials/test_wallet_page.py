"""The wallet's page in a real Chromium: a typed code binds the phone, one tap shows a code that opens."""

import pytest
from playwright.sync_api import expect

from tests.credentials.wallet import Wallet
from tests.typed import mailed_code
from tests.wake_lock import WakeLock

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("wallet", [("390", "en"), ("320", "de")], indirect=True)
def test_from_the_mail_to_a_code_that_opens(wallet: Wallet) -> None:
    wallet.waits(lambda: mailed_code(wallet.live, wallet.email))
    code = mailed_code(wallet.live, wallet.email)
    assert code is not None
    wallet.open()
    wallet.shows("enrol")
    wallet.page.locator("#code").press_sequentially(code.lower().replace("-", ""))
    assert wallet.page.input_value("#code") == code
    wallet.page.fill("#label", "Pixel of Henri")
    wallet.page.click("[type=submit]")
    wallet.shows("awaiting")
    ((handle, state, label),) = wallet.do("phones", wallet.holder)
    assert (state, label) == ("AWAITING", "Pixel of Henri")
    wallet.do("vouch", wallet.holder)
    wallet.shows("ready")
    wallet.page.click("[data-deed=show]")
    wallet.shows("code")
    digits = wallet.code()
    assert len(digits) == 252
    assert wallet.do("opened", digits)["device"] == handle
    assert wallet.complaints == []


def test_a_code_is_black_on_white_in_the_dark_too(wallet: Wallet) -> None:
    wallet.page.emulate_media(color_scheme="dark")
    wallet.enrol()
    wallet.page.click("[data-deed=show]")
    wallet.code()
    wallet.shot("dark")
    colours = wallet.page.evaluate(
        """() => [getComputedStyle(document.querySelector("[data-card]")).backgroundColor,
                 getComputedStyle(document.querySelector("[data-picture] path")).fill]"""
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_the_key_cannot_leave_the_browser(wallet: Wallet) -> None:
    wallet.enrol()
    found = wallet.page.evaluate(
        """async () => {
            const keys = await import("/static/wallet/keys.js");
            const { privateKey } = await keys.kept();
            const tries = await Promise.allSettled(
                ["jwk", "pkcs8"].map((format) => crypto.subtle.exportKey(format, privateKey)));
            return [privateKey.extractable, privateKey.algorithm.namedCurve, tries.map((one) => one.status)];
        }"""
    )
    assert found == [False, "P-256", ["rejected", "rejected"]]


def test_the_phone_is_known_after_a_reload_and_the_code_renews(wallet: Wallet) -> None:
    wallet.enrol()
    wallet.page.reload()
    wallet.shows("ready")
    wallet.page.click("[data-deed=show]")
    first = wallet.code()
    expect(wallet.page.locator("[data-deed=new]")).to_be_enabled(timeout=8000)
    wallet.page.click("[data-deed=new]")
    expect(wallet.page.locator("[data-deed=new]")).to_be_disabled()
    wallet.waits(lambda: wallet.code() != first)
    second = wallet.do("opened", wallet.code())
    wallet.page.click("[data-deed=hide]")
    wallet.shows("ready")
    assert second["issued"] >= wallet.do("opened", first)["issued"]


def test_a_wrong_code_is_said_and_the_right_one_then_works(wallet: Wallet) -> None:
    wallet.open()
    code = wallet.do("code_of", wallet.holder)
    wallet.page.fill("#code", "0000-0000")
    wallet.page.click("[type=submit]")
    error = wallet.page.locator("#code-error")
    expect(error).to_have_text("This code is not right. Check it, or ask for a new invitation.")
    wallet.shot("wrong")
    wallet.page.fill("#code", code)
    wallet.page.click("[type=submit]")
    wallet.shows("awaiting")
    assert len(wallet.do("phones", wallet.holder)) == 1


def test_hiding_and_showing_waits_for_the_next_code_and_news_are_told(wallet: Wallet) -> None:
    wallet.enrol()
    wallet.page.click("[data-deed=show]")
    first = wallet.code()
    wallet.page.click("[data-deed=hide]")
    wallet.do("invite", "Henri Holder", wallet.email, "en")
    wallet.do("enrol", wallet.holder)
    wallet.do("vouch", wallet.holder)
    wallet.page.reload()
    expect(wallet.page.locator("[data-news]")).to_contain_text("A phone was added in your name")
    wallet.shot("news")
    wallet.leads_to_lost("ready")
    wallet.page.click("[data-deed=seen]")
    wallet.page.click("[data-deed=show]")  # too soon after the first: it waits and asks again
    assert wallet.code() != first
    wallet.page.reload()
    wallet.shows("ready")
    expect(wallet.page.locator("[data-news]")).to_be_hidden()


@pytest.mark.parametrize("wallet", [("320", "fr")], indirect=True)
def test_suspended_revoked_and_bound_anew(wallet: Wallet) -> None:
    wallet.enrol()
    wallet.page.click("[data-deed=show]")
    wallet.code()
    wallet.do("suspend", wallet.holder)
    expect(wallet.page.locator("[data-deed=new]")).to_be_enabled(timeout=8000)
    wallet.page.click("[data-deed=new]")
    wallet.shows("stopped")
    expect(wallet.page.locator("[data-view=stopped] h1")).to_have_text("Votre accès est suspendu")
    assert wallet.page.locator("[data-picture] svg").count() == 0
    expect(wallet.page.locator("[data-view=stopped] .wallet-link")).to_be_hidden()
    wallet.do("resume", wallet.holder)
    wallet.do("revoke", wallet.holder)
    wallet.page.reload()
    expect(wallet.page.locator("[data-view=stopped] h1")).to_have_text("Ce téléphone a été révoqué")
    wallet.shot("revoked")
    wallet.leads_to_lost("stopped")
    wallet.page.click("[data-deed=again]")
    wallet.shows("enrol")
    wallet.leads_to_lost("enrol")


@pytest.mark.parametrize("wallet", [("320", "en"), ("320", "de")], indirect=True)
def test_the_screen_stays_on_and_bright_for_as_long_as_a_code_is_shown(wallet: Wallet) -> None:
    lock = WakeLock(wallet.page)
    wallet.enrol()
    assert lock.asked == 0
    wallet.page.click("[data-deed=show]")
    wallet.code()
    wallet.waits(lambda: lock.held == 1)
    hint = wallet.page.locator(".wallet-bright")
    words = {
        "en": "Not read? Turn the screen’s brightness up.",
        "de": "Nicht gelesen? Stellen Sie den Bildschirm heller.",
    }
    language = wallet.page.evaluate("document.documentElement.lang")
    expect(hint).to_have_text(words[language])
    expect(hint).to_be_in_viewport(ratio=1)

    lock.put_away()  # nothing is shown when it is taken up again, until it is asked for
    wallet.waits(lambda: lock.held == 0)
    assert wallet.page.locator("[data-picture] svg").count() == 0
    lock.take_up()
    wallet.shows("ready")
    assert lock.asked == 1
    wallet.page.click("[data-deed=show]")
    wallet.code()
    wallet.waits(lambda: (lock.asked, lock.held) == (2, 1))
    wallet.page.click("[data-deed=hide]")
    wallet.shows("ready")
    wallet.waits(lambda: lock.held == 0)
