"""When a phone fetches a new pass: doors refuse the one it has, half its life is gone, or a person asks."""

from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.credentials.held import bend, cut_off, held, key_of, prepare, proved
from tests.credentials.wallet import Wallet

pytestmark = pytest.mark.browser
ME, PASSES = "**/api/v1/wallet/me", "**/api/v1/wallet/passes"
HOUR = 3600
SOON_MS = 20_000  # a pass of twelve hours is due after six


def new_code(wallet: Wallet) -> None:
    again = wallet.page.locator("[data-deed=new]")
    expect(again).to_be_enabled(timeout=10_000)
    again.click()


def test_levels_reduced_while_the_code_is_shown(wallet: Wallet) -> None:
    first = prepare(wallet)
    wallet.page.click("[data-deed=show]")
    wallet.code()
    credential = wallet.do("reduce", wallet.holder)
    new_code(wallet)
    wallet.waits(lambda: held(wallet)["mark"] != first["mark"])
    cut_off(wallet)
    assert proved(wallet)["credential"] == credential


def test_keys_refused_while_the_wallet_is_open(wallet: Wallet) -> None:
    first = prepare(wallet)
    wallet.do("compromise")
    wallet.page.click("[data-deed=number]")
    wallet.waits(lambda: key_of(held(wallet)) > key_of(first))
    wallet.context.set_offline(True)
    for key in "4712":
        wallet.page.click(f"[data-key='{key}']")
    assert wallet.do("opened", wallet.code(), "4712")["device"] > 0


def test_a_wallet_left_open_looks_by_itself(wallet: Wallet) -> None:
    first = prepare(wallet)
    wallet.page.clock.install()
    wallet.page.reload()
    wallet.shows("ready")
    wallet.do("reduce", wallet.holder)
    wallet.page.clock.fast_forward(61_000)
    wallet.waits(lambda: held(wallet)["mark"] != first["mark"])


def test_a_pass_that_is_current_is_not_fetched_again(wallet: Wallet) -> None:
    prepare(wallet)
    asked: list[str] = []
    wallet.page.on("request", lambda request: asked.append(request.url))
    wallet.page.reload()
    wallet.shows("ready")
    wallet.page.click("[data-deed=show]")
    wallet.code()
    new_code(wallet)
    wallet.waits(lambda: sum(url.endswith("/codes") for url in asked) == 2)
    wallet.code()
    assert [url for url in asked if url.endswith("/passes")] == []


@pytest.mark.parametrize("wallet", [("320", "de"), ("390", "en")], indirect=True)
def test_a_new_pass_by_hand(wallet: Wallet) -> None:
    first = prepare(wallet)
    page = wallet.page
    page.click("[data-view=ready] [data-deed=phone]")
    wallet.shows("phone")
    words = page.locator("[data-fresh]")
    page.click("[data-deed=fresh]")  # within five seconds of the first one: it waits for its turn
    done = {"en": "Prepared anew.", "de": "Neu vorbereitet."}
    expect(words).to_have_text(done[page.evaluate("document.documentElement.lang")], timeout=SOON_MS)
    wallet.fits()
    wallet.shot("fresh")
    assert held(wallet)["sealed"] != first["sealed"]
    wallet.context.set_offline(True)
    page.click("[data-deed=fresh]")
    failed = {"en": "Connect the phone", "de": "Verbinden Sie"}
    expect(words).to_contain_text(failed[page.evaluate("document.documentElement.lang")], timeout=SOON_MS)


class Hours:
    """The server as it would answer hours later: the page's clock and its answers go on together."""

    def __init__(self, wallet: Wallet) -> None:
        self.wallet, self.later, self.given = wallet, 0, 0
        with wallet.page.expect_response(ME) as told:
            wallet.page.reload()
        self.me = told.value.json()
        found = held(wallet)
        self.issued = int(found["issued"])
        text = "([bytes]) => btoa(String.fromCharCode(...bytes))"
        self.sealed: str = wallet.page.evaluate(text, [found["sealed"]])
        wallet.page.route(ME, lambda route: self.answer(route, self.me))
        wallet.page.route(PASSES, self.give)

    def answer(self, route: Route, told: dict[str, Any]) -> None:
        route.fulfill(json=told | {"server_now": self.issued + self.later})

    def give(self, route: Route) -> None:
        self.given += 1
        now = self.issued + self.later
        times = {"issued": now, "expires": now + 12 * HOUR, "unlocked_until": 0}
        mark = {"pass_mark": self.me["pass_mark"], "company": "A" * 22}
        self.answer(route, {"pass": self.sealed, **times, **mark})

    def go(self, seconds: int) -> None:
        self.later += seconds
        with self.wallet.page.expect_request(ME):  # it looks once a minute
            self.wallet.page.clock.fast_forward(seconds * 1000)
        self.wallet.page.wait_for_timeout(500)


def test_it_is_renewed_at_half_of_its_life_and_not_before(wallet: Wallet) -> None:
    prepare(wallet)
    wallet.page.clock.install()
    hours = Hours(wallet)
    wallet.shows("ready")
    hours.go(6 * HOUR - 120)
    assert hours.given == 0
    hours.go(180)
    assert hours.given == 1
    assert held(wallet)["issued"] == hours.issued + 6 * HOUR + 60
    hours.go(6 * HOUR - 120)
    assert hours.given == 1
    hours.go(180)
    assert hours.given == 2


def test_a_pass_kept_by_an_older_wallet_is_renewed(wallet: Wallet) -> None:
    first = prepare(wallet)
    bend(wallet, mark=None)
    wallet.page.reload()
    wallet.waits(lambda: held(wallet)["mark"] == first["mark"])
