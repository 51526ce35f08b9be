"""A day pass at the reader page: the keypad, the PIN under the same event, and what happens without one."""

import json
from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.readers.tablet import Tablet, Verdict

pytestmark = pytest.mark.browser


def type_pin(tablet: Tablet, pin: str) -> None:
    for digit in pin:
        tablet.page.click(f"[data-keypad] [data-digit='{digit}']")


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def show(tablet: Tablet, code: str) -> list[Verdict]:
    """Present the paper by a scanner that types, until the keypad stands there; or what was said instead."""
    tablet.type(code)
    keypad = tablet.page.locator("[data-keypad]")
    tablet.waits(lambda: keypad.is_visible() or tablet.page.evaluate("window.verdicts.length"))
    return [] if keypad.is_visible() else [tablet.verdict()]


@pytest.mark.parametrize("tablet", ["tablet", "phone", "upright"], indirect=True)
def test_the_pin_opens_under_one_event(tablet: Tablet) -> None:
    laid = tablet.pair()
    sent: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/v1/scans"):
            sent.append(json.loads(request.post_data or ""))

    tablet.page.on("request", note)

    def with_pin() -> list[Verdict]:
        made = tablet.do("day_pass", str(laid["level"]))
        if said := show(tablet, made["code"]):
            return said
        tablet.shot("keypad")
        type_pin(tablet, wrong(made["pin"])[:3])
        tablet.page.click("[data-keypad] [data-deed='delete']")
        expect(tablet.page.locator("[data-dots]")).to_have_attribute("aria-label", "2 / 6")
        for _ in range(2):
            tablet.page.click("[data-keypad] [data-deed='delete']")
        type_pin(tablet, made["pin"])
        return [tablet.verdict()]

    assert tablet.in_time(with_pin) == [("granted", "granted")]
    expect(tablet.page.locator("[data-keypad]")).to_be_hidden()
    last = sent[-1]["counter"]
    assert {event["counter"] for event in sent if event.get("pin")} == {last}
    assert [event for event in tablet.told()["events"] if event[0] == last] == [[last, "granted"]]
    # The digits are nowhere on the page any more.
    assert tablet.page.locator("[data-dots]").inner_text().strip() in {"", "●●●●●●"}
    assert tablet.complaints == []


def test_a_wrong_pin_is_said(tablet: Tablet) -> None:
    laid = tablet.pair()

    def with_wrong_pin() -> list[Verdict]:
        made = tablet.do("day_pass", str(laid["level"]))
        if said := show(tablet, made["code"]):
            return said
        type_pin(tablet, wrong(made["pin"]))
        return [tablet.verdict()]

    assert tablet.in_time(with_wrong_pin) == [("refused", "second_factor_wrong")]


def test_cancelling_leaves_an_event_and_no_gap(tablet: Tablet) -> None:
    laid = tablet.pair()
    made = tablet.do("day_pass", str(laid["level"]))
    assert show(tablet, made["code"]) == []
    tablet.type("4" * 252)  # a scanner fills no keypad
    expect(tablet.page.locator("[data-dots]")).to_have_attribute("aria-label", "0 / 6")
    tablet.page.click("[data-keypad] [data-deed='cancel']")
    expect(tablet.page.locator("[data-keypad]")).to_be_hidden()
    tablet.waits(lambda: tablet.told()["events"][-1:] == [[1, "second_factor_required"]])

    def another() -> list[Verdict]:
        tablet.type("2" * 252)
        return [tablet.verdict()]

    assert tablet.in_time(another) == [("refused", "malformed")]
    events = tablet.told()["events"]
    assert [number for number, _ in events] == list(range(1, len(events) + 1))


def test_untouched_for_twenty_seconds_it_goes_away(tablet: Tablet) -> None:
    """The page's own timers are led, nothing is slept."""
    tablet.open()
    tablet.page.clock.install()
    tablet.page.evaluate(
        """async () => {
            const { Keypad } = await import("/static/reader/keypad.js");
            const keypad = new Keypad(document.querySelector("[data-keypad]"));
            window.pins = [];
            keypad.ask().then((pin) => window.pins.push(pin));
        }"""
    )
    tablet.page.clock.fast_forward(19_000)
    type_pin(tablet, "1")  # whoever is typing is given time anew
    tablet.page.clock.fast_forward(19_000)
    assert tablet.page.evaluate("window.pins") == []
    tablet.page.clock.fast_forward(2_000)
    assert tablet.page.evaluate("window.pins") == [""]
    expect(tablet.page.locator("[data-keypad]")).to_be_hidden()
