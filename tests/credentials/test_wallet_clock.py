"""A phone whose clock is wrong, or that is taken to another time zone: what it shows opens all the same."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Response, Route, expect

from tests.credentials.held import cut_off, prepare, proved
from tests.credentials.wallet import Wallet

pytestmark = pytest.mark.browser
DAY = 86_400
# As a phone whose clock is off: all that a page learns of the time by itself.
SHIFT = """(() => {
  const Right = Date;
  const off = %d * 1000;
  globalThis.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + off); }
    static now() { return Right.now() + off; }
  };
})();"""
CLOCK = Path(__file__).resolve().parent.parent.parent / "static" / "wallet" / "clock.js"
DEAF = "export function learn() {}"


def set_clock(wallet: Wallet, off: int) -> list[dict[str, Any]]:
    """The phone's clock is `off` seconds ahead from now on. What its requests were refused with."""
    refused: list[dict[str, Any]] = []

    def heard(response: Response) -> None:
        if "/api/" in response.url and not response.ok:
            refused.append(response.json())

    wallet.context.add_init_script(SHIFT % off)
    wallet.page.on("response", heard)
    return refused


@pytest.mark.parametrize("off", [-DAY, -90, 90, DAY])
def test_a_phone_whose_clock_is_off_learns_the_time_and_opens(wallet: Wallet, off: int) -> None:
    refused = set_clock(wallet, off)
    prepare(wallet)
    assert [told["code"] for told in refused] == ["clock_skew"]  # the very first, and none after it
    wallet.page.click("[data-deed=show]")
    live = wallet.code()
    assert len(live) == 252
    assert wallet.do("opened", live)["device"] > 0
    wallet.page.click("[data-deed=hide]")
    cut_off(wallet)  # opened anew, without a server that could tell the time
    assert proved(wallet)["device"] > 0


@pytest.mark.parametrize("off", [-DAY, 90])
def test_a_phone_that_cannot_learn_the_time_is_not_even_bound(wallet: Wallet, off: int) -> None:
    """The control of the test above: with learning broken, it would fail."""
    refused = set_clock(wallet, off)

    def deaf(route: Route) -> None:
        body = CLOCK.read_text()
        assert body.count("export function learn(now)") == 1
        renamed = body.replace("export function learn(now)", "function unused(now)")
        route.fulfill(content_type="text/javascript", body=f"{DEAF}\n{renamed}")

    wallet.page.route("**/wallet/clock.js", deaf)
    wallet.open()
    wallet.shows("enrol")
    wallet.page.fill("#code", wallet.do("code_of", wallet.holder))
    wallet.page.click("[type=submit]")
    error = wallet.page.locator("#code-error")
    expect(error).to_contain_text("This phone’s clock keeps changing", timeout=15_000)
    # Asking the page for anything lets what it was answered arrive here.
    wallet.waits(lambda: wallet.page.evaluate("true") and len(refused) == 2)
    assert [told["code"] for told in refused] == ["clock_skew"] * 2


def test_a_phone_that_is_taken_to_another_time_zone(wallet: Wallet) -> None:
    zone = wallet.context.new_cdp_session(wallet.page)
    zone.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
    refused = set_clock(wallet, 0)
    prepare(wallet)
    at_home = wallet.page.locator("[data-view=ready] [data-signal]").inner_text()
    zone.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    wallet.page.reload()
    wallet.shows("ready")
    assert wallet.page.evaluate("new Date().getTimezoneOffset()") == -9 * 60
    # The same moment, as it is told there.
    assert wallet.page.locator("[data-view=ready] [data-signal]").inner_text() != at_home
    wallet.page.click("[data-deed=show]")
    live = wallet.code()
    assert len(live) == 252
    assert wallet.do("opened", live)["device"] > 0
    wallet.page.click("[data-deed=hide]")
    cut_off(wallet)
    assert wallet.page.evaluate("new Date().getTimezoneOffset()") == -9 * 60
    assert proved(wallet)["device"] > 0
    assert refused == []
