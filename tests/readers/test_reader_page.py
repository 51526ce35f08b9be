"""The reader page in a real Chromium with a camera made of a file: pair, scan, verdict, revocation."""

import json

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.fixtures.live import Live
from tests.readers.tablet import Tablet, Verdict

pytestmark = pytest.mark.browser


def forward(live: Live, route: Route) -> httpx.Response:
    """Let the server answer a request that the test holds in its hands."""
    asked = route.request
    named = asked.url.split("/")[2]
    address = asked.url.replace(named, f"127.0.0.1:{live.place.port}", 1)
    headers = {**asked.headers, "host": named}
    return httpx.request(asked.method, address, headers=headers, content=asked.post_data_buffer)


@pytest.mark.parametrize("tablet", ["tablet", "phone", "upright"], indirect=True)
def test_a_code_opens_once_and_a_revoked_phone_opens_nothing(tablet: Tablet) -> None:
    laid = tablet.pair()
    tablet.shot("ready")
    phones: list[str] = []

    def a_code_and_its_copy() -> list[Verdict]:
        phones.append(str(tablet.do("phone", str(laid["level"]))))
        code = tablet.do("mint", phones[-1])
        tablet.camera.show(code)
        first = tablet.verdict()
        tablet.show_nothing()
        tablet.gone()
        tablet.type(code)  # a copy of it, by a scanner that types
        second = tablet.verdict()
        tablet.gone()
        return [first, second]

    assert tablet.in_time(a_code_and_its_copy) == [("granted", "granted"), ("refused", "replayed")]

    seq = tablet.do("revoke", phones[-1])
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)
    events = tablet.told()["events"]
    assert [number for number, _ in events] == list(range(1, len(events) + 1))
    assert [reason for _, reason in events[-2:]] == ["granted", "replayed"]
    assert len(events) == 2 or len(phones) > 1
    (opened, _), _ = events[-2:]
    tablet.waits(lambda: [number for number, done in tablet.told()["reports"] if done] == [opened])
    assert tablet.told()["algorithm"] == "ecdsa-p256-sha256"
    assert tablet.complaints == []


def test_a_wrong_code_is_said_and_the_right_one_then_pairs(tablet: Tablet) -> None:
    laid = tablet.do("invite", tablet.name)
    tablet.open()
    tablet.page.fill("#code", "0000-0000")
    tablet.page.click("[type=submit]")
    expect(tablet.page.locator("#code-error")).to_have_text(
        "This code is not right. Check it and type it again."
    )
    tablet.shot("wrong")
    tablet.page.fill("#code", laid["code"])
    tablet.page.click("[type=submit]")
    tablet.ready()


def test_what_is_no_code_of_ours_is_refused_in_words(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.select_option("#language-watch", "de")
    words: list[str] = []

    def any_code() -> list[Verdict]:
        tablet.camera.show("31415926535897932384626433832795")
        seen = tablet.verdict()
        words.append(seen.words)
        return [seen]

    assert tablet.in_time(any_code) == [("refused", "malformed")]
    assert words[-1] == "Das ist kein Türcode. Bitte die Wallet öffnen und deren Code zeigen."


def test_the_key_cannot_leave_the_browser_and_survives_a_reload(tablet: Tablet) -> None:
    tablet.pair()
    tablet.page.reload()
    tablet.ready()
    found = tablet.page.evaluate(
        """async () => {
            const store = await import("/static/reader/store.js");
            const { privateKey } = await store.get("identity");
            const tries = await Promise.allSettled(
                ["jwk", "pkcs8"].map((format) => crypto.subtle.exportKey(format, privateKey)));
            return [privateKey.extractable, privateKey.algorithm.namedCurve, tries.map((one) => one.status)];
        }"""
    )
    assert found == [False, "P-256", ["rejected", "rejected"]]


def test_a_forged_answer_opens_nothing(tablet: Tablet) -> None:
    tablet.pair()

    def forge(route: Route) -> None:
        told = forward(tablet.live, route).json()
        route.fulfill(json=told | {"granted": True, "reason": "granted", "pulse_ms": 3000})

    tablet.page.route("**/api/v1/scans", forge)

    def typed() -> list[Verdict]:
        tablet.type("3" * 252)
        return [tablet.verdict()]

    # It counts as none at all, and the page decides by its own list: this is no code.
    assert tablet.in_time(typed) == [("refused", "malformed")]
    assert {reason for _, reason in tablet.told()["events"]} == {"malformed"}
    assert tablet.told()["reports"] == []


def holds_no_list(tablet: Tablet) -> None:
    """As in its first moments: without a bundle it decides nothing alone."""
    tablet.page.route("**/api/v1/readers/bundle", lambda route: route.abort())


def test_a_lost_answer_is_asked_for_under_the_same_number(tablet: Tablet) -> None:
    holds_no_list(tablet)
    laid = tablet.pair()
    asked: list[int] = []

    def lose_first(route: Route) -> None:
        asked.append(json.loads(route.request.post_data or "")["counter"])
        if len(asked) > 1:
            route.continue_()
            return
        forward(tablet.live, route)  # the server decides and records; nobody hears of it
        route.abort()

    def typed() -> list[Verdict]:
        asked.clear()
        device = str(tablet.do("phone", str(laid["level"])))
        tablet.type(tablet.do("mint", device))
        return [tablet.verdict()]

    tablet.page.route("**/api/v1/scans", lose_first)
    assert tablet.in_time(typed) == [("granted", "granted")]
    number = asked[-1]
    assert len(asked) > 1
    assert set(asked) == {number}
    assert tablet.told()["events"][-1] == [number, "granted"]
    tablet.waits(lambda: [opened for opened, done in tablet.told()["reports"] if done] == [number])


def test_without_the_network_it_says_so_and_recovers_without_a_gap(tablet: Tablet) -> None:
    holds_no_list(tablet)
    tablet.pair()
    tablet.context.set_offline(True)
    tablet.type("1" * 252)
    assert tablet.verdict()[:2] == ("wait", "no_answer")
    tablet.gone()
    tablet.context.set_offline(False)
    tablet.ready()

    def typed() -> list[Verdict]:
        tablet.type("2" * 252)
        return [tablet.verdict()]

    assert tablet.in_time(typed) == [("refused", "malformed")]
    events = tablet.told()["events"]
    assert events == [[number, "malformed"] for number in range(1, len(events) + 1)]


def test_a_stalled_page_takes_the_code_still_there_for_no_second_one(tablet: Tablet) -> None:
    laid = tablet.pair()

    def held_there() -> list[Verdict]:
        device = str(tablet.do("phone", str(laid["level"])))
        tablet.camera.show(tablet.do("mint", device))
        first = tablet.verdict()
        tablet.page.evaluate(
            "() => { const end = performance.now() + 4000; while (performance.now() < end); }"
        )
        tablet.page.wait_for_timeout(1000)  # some looks at the code that is still there
        tablet.show_nothing()
        tablet.type("2" * 252)
        return [first, tablet.verdict()]

    assert tablet.in_time(held_there) == [("granted", "granted"), ("refused", "malformed")]


def test_without_a_socket_it_asks_and_acknowledges_over_http(tablet: Tablet) -> None:
    tablet.page.route_web_socket("**/api/v1/readers/socket", lambda socket: socket.close())
    tablet.pair()
    seq = tablet.do("touch")
    tablet.waits(lambda: tablet.told()["applied"][1] >= seq)


def test_suspending_is_shown_at_the_door(tablet: Tablet) -> None:
    tablet.pair()
    tablet.do("suspend", tablet.name)
    tablet.state("suspended")
    tablet.shot("suspended")
