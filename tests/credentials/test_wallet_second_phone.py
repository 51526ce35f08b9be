"""A second phone of the same person: the wallet that is there already is asked, and its answer holds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.credentials.wallet import Wallet
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser


@pytest.fixture
def second(wallet: Wallet, live_stack: Live, browser: Browser) -> Iterator[Wallet]:
    """Bound beside the first, which is confirmed: it waits."""
    wallet.enrol()
    made = Wallet(live_stack, browser, wallet.size, "en", wallet.email)
    made.open()
    made.shows("enrol")
    made.page.fill("#code", made.do("code_of", made.holder))
    made.page.fill("#label", "Tablet of Henri")
    made.page.click("[type=submit]")
    made.shows("awaiting")
    yield made
    made.context.close()


@pytest.mark.parametrize("wallet", [("320", "en")], indirect=True)
def test_the_first_phone_confirms_the_second(wallet: Wallet, second: Wallet) -> None:
    expect(second.page.locator("[data-ask]")).to_contain_text("Ask your other phone")
    wallet.page.reload()
    wallet.shows("ready")
    question = wallet.page.locator("[data-join]")
    expect(question).to_contain_text("A new phone wants to join: Tablet of Henri, enrolled today ")
    expect(wallet.page.locator("[data-news]")).to_be_hidden()  # the question says it already
    wallet.shot("question")
    for deed in ("confirm", "refuse"):
        expect(question.locator(f"[data-deed={deed}]")).to_be_in_viewport(ratio=1)
    question.locator("[data-deed=confirm]").click()
    expect(question).to_be_hidden(timeout=15_000)
    second.shows("ready")
    second.page.click("[data-deed=show]")
    told = second.do("opened", second.code())
    states = {handle: state for handle, state, _ in wallet.do("phones", wallet.holder)}
    assert states[told["device"]] == "ACTIVE"
    wallet.page.reload()
    wallet.shows("ready")
    expect(wallet.page.locator("[data-news]")).to_be_hidden()
    assert wallet.complaints == second.complaints == []


@pytest.mark.parametrize("wallet", [("320", "de"), ("320", "fr"), ("320", "es")], indirect=True)
def test_a_phone_that_is_refused_opens_nothing(wallet: Wallet, second: Wallet) -> None:
    wallet.page.reload()
    wallet.shows("ready")
    question = wallet.page.locator("[data-join]")
    expect(question).to_contain_text("Tablet of Henri")
    refuse = question.locator("[data-deed=refuse]")
    wallet.context.set_offline(True)
    refuse.click()
    expect(question.locator("[data-join-error]")).to_be_visible(timeout=15_000)
    wallet.fits()
    wallet.context.set_offline(False)
    wallet.shows("ready")
    refuse.click()
    expect(question).to_be_hidden(timeout=15_000)
    second.shows("stopped")
    expect(second.page.locator("#wallet")).to_have_attribute("data-why", "device_revoked")
