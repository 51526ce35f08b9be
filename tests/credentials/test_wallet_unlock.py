"""Unlocking the wallet with a passkey: a virtual authenticator in a real Chromium plays the phone's own."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.credentials.held import bend, cut_off, held, prepare, proved
from tests.credentials.recognises import Authenticator
from tests.credentials.wallet import Wallet

pytestmark = pytest.mark.browser
HOURS = 7 * 3600
# The first pass is made at once, and handed over when the test says so.
HOLD = """(() => {
  const real = fetch;
  globalThis.fetch = async (url, given) => {
    const answer = await real(url, given);
    if (!String(url).endsWith("/wallet/passes") || globalThis.kept) return answer;
    const body = await answer.text();
    globalThis.kept = answer.status;
    await new Promise((handOver) => (globalThis.release = handOver));
    return new Response(body, { status: answer.status });
  };
})();"""


@pytest.mark.parametrize("wallet", [("320", "en"), ("390", "en")], indirect=True)
def test_a_passkey_is_set_up_unlocks_and_locks(wallet: Wallet) -> None:
    phone = Authenticator(wallet)
    wallet.enrol()
    page = wallet.page
    view = page.locator("[data-view=ready]")
    expect(view.locator("[data-offer]")).to_be_visible()
    view.locator("[data-offer] [data-deed=passkey]").click()
    expect(view.locator("[data-deed=unlock]")).to_be_visible(timeout=15_000)
    expect(view.locator("[data-offer]")).to_be_hidden()

    phone.tell(
        "setUserVerified", isUserVerified=False
    )  # as when a finger is not recognised, or the person stops
    view.locator("[data-deed=unlock]").click()
    error = view.locator("[data-unlock-error]")
    expect(error).to_have_text("Cancelled. Nothing was unlocked.", timeout=15_000)
    wallet.shot("unlock-cancelled")

    phone.tell("setUserVerified", isUserVerified=True)
    view.locator("[data-deed=unlock]").click()
    expect(view.locator("[data-unlock]")).to_contain_text("Unlocked until", timeout=15_000)
    expect(error).to_be_hidden()
    wallet.fits()
    wallet.shot("unlocked")
    page.click("[data-deed=show]")
    assert wallet.do("opened", wallet.code())["unlocked"] == 1
    page.click("[data-deed=hide]")
    view.locator("[data-deed=phone]").click()
    wallet.shows("phone")
    page.locator("[data-view=phone] [data-deed=lock]").click()
    expect(page.locator("[data-view=phone] [data-unlock]")).to_contain_text("Locked.")


def test_a_phone_without_the_passkey_is_told_so(wallet: Wallet) -> None:
    phone = Authenticator(wallet)
    wallet.enrol()
    page = wallet.page
    page.click("[data-offer] [data-deed=passkey]")
    unlock = page.locator("[data-view=ready] [data-deed=unlock]")
    expect(unlock).to_be_visible(timeout=15_000)
    phone.tell("clearCredentials")
    unlock.click()
    expect(page.locator("[data-view=ready] [data-unlock-error]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-view=ready] [data-unlock]")).to_contain_text("Locked.")


def set_up(wallet: Wallet) -> Authenticator:
    """A phone with its pass and a passkey."""
    phone = Authenticator(wallet)
    prepare(wallet)
    wallet.page.click("[data-offer] [data-deed=passkey]")
    expect(wallet.page.locator("[data-view=ready] [data-deed=unlock]")).to_be_visible(timeout=15_000)
    return phone


def with_due_pass(wallet: Wallet) -> None:
    """Opened with a pass that is renewed at once, and that new pass is there."""
    issued = held(wallet)["issued"]
    bend(wallet, issued=issued - HOURS, expires=issued - HOURS + 12 * 3600)
    with wallet.page.expect_response("**/wallet/passes", timeout=20_000) as told:
        wallet.page.reload()
    # The phone was enrolled a moment ago: its second pass may have to wait for its turn.
    if told.value.status == 429:
        with wallet.page.expect_response("**/wallet/passes", timeout=20_000) as told:
            pass
    assert told.value.status == 200


def test_an_unlock_right_after_a_pass_was_fetched_gets_into_the_pass(wallet: Wallet) -> None:
    set_up(wallet)
    with_due_pass(wallet)
    unlock = wallet.page.locator("[data-view=ready] [data-deed=unlock]")
    with wallet.page.expect_response("**/wallet/passes", timeout=20_000) as told:
        unlock.click()
    assert told.value.json()["code"] == "too_soon"
    wallet.waits(lambda: held(wallet)["unlockedUntil"] > 0)
    cut_off(wallet)
    assert proved(wallet)["unlocked"] == 1


def test_a_lock_right_after_an_unlock_gets_into_the_pass(wallet: Wallet) -> None:
    set_up(wallet)
    wallet.page.click("[data-view=ready] [data-deed=unlock]")
    wallet.waits(lambda: held(wallet)["unlockedUntil"] > 0)
    with wallet.page.expect_response("**/wallet/passes", timeout=20_000) as told:
        wallet.page.click("[data-view=ready] [data-deed=lock]")
    assert told.value.json()["code"] == "too_soon"
    wallet.waits(lambda: held(wallet)["unlockedUntil"] == 0)
    cut_off(wallet)
    assert proved(wallet)["unlocked"] == 0


def test_an_unlock_while_a_pass_is_on_its_way_gets_into_the_next(wallet: Wallet) -> None:
    set_up(wallet)
    wallet.context.add_init_script(HOLD)
    issued = held(wallet)["issued"]
    wallet.waits(lambda: time.time() > issued + 6)  # so that the next is not too soon
    bend(wallet, issued=issued - HOURS, expires=issued - HOURS + 12 * 3600)
    wallet.page.reload()
    wallet.waits(lambda: wallet.page.evaluate("globalThis.kept") == 200)
    unlock_here(wallet.page)
    wallet.page.evaluate("release()")
    wallet.waits(lambda: held(wallet)["unlockedUntil"] > 0)


def unlock_here(page: Page) -> None:
    page.click("[data-view=ready] [data-deed=unlock]")
    expect(page.locator("[data-view=ready] [data-unlock]")).to_contain_text("Unlocked until", timeout=15_000)


def test_an_answer_that_the_server_refuses_says_why(wallet: Wallet) -> None:
    phone = set_up(wallet)
    wallet.do("count_passkeys_on", wallet.holder)
    with wallet.page.expect_response("**/wallet/unlock") as told:
        wallet.page.click("[data-view=ready] [data-deed=unlock]")
    assert (told.value.status, told.value.json()["code"]) == (403, "passkey_counter_back")
    assert phone.passkeys[0]["signCount"] < 1_000_000
    error = wallet.page.locator("[data-view=ready] [data-unlock-error]")
    expect(error).to_have_text("This passkey may have been copied. Tell your company.")
    expect(wallet.page.locator("[data-view=ready] [data-unlock]")).to_contain_text("Locked.")
    wallet.shot("unlock-refused")
