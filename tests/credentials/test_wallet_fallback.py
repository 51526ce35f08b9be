"""A server that answers badly or late is as none: pass + proof. After a refusal nothing is shown."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.credentials.recognises import Authenticator
from tests.credentials.wallet import NEARLY_OVER_MS, Wallet

pytestmark = pytest.mark.browser
API = "**/api/**"
CODES = "**/api/v1/wallet/codes"
# The wallet gives a live code two seconds where it has a pass; any other request has eight.
WITHIN_MS = 7000


def unavailable(route: Route) -> None:
    """The server's own word for it."""
    told = {"code": "server_unavailable", "text": "Not now.", "retry": True, "wait": 1}
    route.fulfill(status=503, json=told)


def bad_gateway(route: Route) -> None:
    """A proxy's, whose server is gone."""
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


def silence(route: Route) -> None:
    """The line is there, and nothing comes: the route is never answered."""


@pytest.fixture
def prepared(wallet: Wallet) -> Wallet:
    """A phone that has its pass."""
    wallet.enrol()
    expect(wallet.page.locator("[data-view=ready] [data-signal]")).to_be_visible(timeout=15_000)
    return wallet


@pytest.fixture
def unlock_required(prepared: Wallet) -> Iterator[Callable[[], None]]:
    """Makes the company ask for an unlock, until the test ends."""
    yield lambda: prepared.do("require_unlock", "1")
    prepared.do("require_unlock", "0")


@pytest.mark.parametrize("fault", [unavailable, bad_gateway, silence])
def test_a_fault_of_the_server_shows_the_pass(prepared: Wallet, fault: Callable[[Route], None]) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.method)
        fault(route)

    prepared.page.route(CODES, answer)
    prepared.page.clock.install()
    prepared.page.click("[data-deed=show]")
    card = prepared.page.locator("[data-card][data-state=shown]")
    expect(card).to_have_attribute("data-kind", "pass", timeout=WITHIN_MS)
    assert asked == ["POST"]
    digits = prepared.code()
    assert len(digits) == 504
    assert prepared.do("opened", digits)["device"] > 0
    prepared.page.unroute(CODES)
    prepared.page.clock.fast_forward(NEARLY_OVER_MS)
    expect(card).to_have_attribute("data-kind", "live", timeout=40_000)  # by itself, with the next code


def test_a_refusal_is_not_answered_with_the_pass(
    prepared: Wallet, unlock_required: Callable[[], None]
) -> None:
    prepared.page.click("[data-deed=show]")
    prepared.code()
    unlock_required()
    again = prepared.page.locator("[data-deed=new]")
    expect(again).to_be_enabled(timeout=10_000)
    again.click()
    prepared.shows("locked")
    assert prepared.page.locator("[data-picture] svg").count() == 0


@pytest.mark.parametrize("wallet", [("320", "de")], indirect=True)
def test_where_an_unlock_is_required_nothing_is_even_asked_for(
    prepared: Wallet, unlock_required: Callable[[], None]
) -> None:
    unlock_required()
    asked: list[str] = []
    prepared.page.on("request", lambda request: asked.append(request.url))
    prepared.page.reload()
    prepared.shows("ready")
    prepared.page.click("[data-deed=show]")
    prepared.shows("locked")
    expect(prepared.page.locator("[data-view=code]")).to_be_hidden()
    assert prepared.page.locator("[data-picture] svg").count() == 0
    assert any(url.endswith("/wallet/me") for url in asked)
    assert [url for url in asked if url.endswith("/wallet/codes")] == []


def nowhere(route: Route) -> None:
    """The network is there, and leads nowhere."""
    route.abort("connectionfailed")


@pytest.mark.parametrize("passkey", [True, False])
def test_a_network_that_leads_nowhere_is_as_none_where_an_unlock_is_required(
    prepared: Wallet, unlock_required: Callable[[], None], passkey: bool
) -> None:
    page = prepared.page
    Authenticator(prepared)
    if passkey:
        page.reload()
        page.click("[data-offer] [data-deed=passkey]")
        expect(page.locator("[data-view=ready] [data-deed=unlock]")).to_be_visible(timeout=15_000)
    unlock_required()
    with page.expect_response("**/wallet/me") as told:
        page.reload()
    assert told.value.json()["unlock"] == {"required": True, "minutes": 5, "until": 0}
    prepared.shows("ready")
    page.route(API, nowhere)
    page.click("[data-deed=show]")
    card = page.locator("[data-card][data-state=shown]")
    expect(card).to_have_attribute("data-kind", "pass", timeout=10_000)
    assert page.evaluate("navigator.onLine")
    told_by_code = prepared.do("opened", prepared.code())
    assert told_by_code["unlocked"] == 0
    page.unroute(API)
    again = page.locator("[data-deed=new]")
    expect(again).to_be_enabled(timeout=10_000)
    again.click()  # the server is there again, and wants the unlock
    prepared.shows("locked")


def test_a_finger_that_is_not_recognised_shows_nothing(
    prepared: Wallet, unlock_required: Callable[[], None]
) -> None:
    page = prepared.page
    phone = Authenticator(prepared)
    page.reload()
    page.click("[data-offer] [data-deed=passkey]")
    expect(page.locator("[data-view=ready] [data-deed=unlock]")).to_be_visible(timeout=15_000)
    unlock_required()
    with page.expect_response("**/wallet/me"):
        page.reload()
    prepared.shows("ready")
    phone.tell("setUserVerified", isUserVerified=False)
    page.click("[data-deed=show]")
    error = page.locator("[data-view=locked] [data-unlock-error]")
    expect(error).to_have_text("Cancelled. Nothing was unlocked.", timeout=15_000)
    assert page.locator("[data-picture] svg").count() == 0
