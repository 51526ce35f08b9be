"""A door whose area asks for a number shows one at its reader, and tells it with every scan."""

from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import expect

from tests.readers.tablet import Tablet
from tests.touch import too_low

pytestmark = pytest.mark.browser
ASK = """() => new Promise((found) => {
  const place = document.querySelector("[data-door-number]");
  const told = () => !place.hidden && found(place.querySelector("[data-digits]").textContent);
  new MutationObserver(told).observe(place, { attributes: true });
  told();
})"""


@pytest.mark.parametrize("tablet", ["tablet", "phone"], indirect=True)
def test_the_door_shows_a_number_and_tells_it(tablet: Tablet) -> None:
    tablet.pair()
    place = tablet.page.locator("[data-door-number]")
    expect(place).to_be_hidden()
    tablet.do("ask_for_number", tablet.name)
    tablet.page.reload()
    tablet.ready()
    number = int(tablet.page.evaluate(ASK))
    assert 1000 <= number <= 9999
    assert tablet.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert too_low(tablet.page) == []
    tablet.shot("number")
    shown = tablet.page.locator("[data-door-number] [data-picture] svg").screenshot()
    picture = cv2.imdecode(np.frombuffer(shown, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    digits = int(tablet.page.locator("[data-door-number] [data-digits]").inner_text())
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [str(digits)]
    with tablet.page.expect_request("**/api/v1/scans") as asked:
        tablet.type("3" * 252)
    body: Any = asked.value.post_data_json
    told = body["challenges"]
    assert 1 <= len(told) <= 2
    assert number in told
    tablet.verdict()


# What happens twice a minute happens each second; every number that was shown is noted.
HASTE = """
  const every = window.setInterval;
  window.setInterval = (deed, ms, ...more) => every(deed, ms === 30_000 ? 1_000 : ms, ...more);
  window.seen = [];
  const note = () => {
    const shown = document.querySelector("[data-door-number] [data-digits]")?.textContent;
    if (shown && shown !== window.seen.at(-1)) window.seen.push(shown);
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_the_number_changes_and_the_one_before_last_is_told_no_more(tablet: Tablet) -> None:
    tablet.pair()
    tablet.do("ask_for_number", tablet.name)
    tablet.page.add_init_script(HASTE)
    tablet.page.reload()
    tablet.ready()
    tablet.waits(lambda: len(tablet.page.evaluate("window.seen")) >= 4)
    with tablet.page.expect_request("**/api/v1/scans") as asked:
        tablet.type("3" * 252)
    body: Any = asked.value.post_data_json
    seen = [int(number) for number in tablet.page.evaluate("window.seen")]
    current, before = body["challenges"]
    assert seen.index(before) + 1 == seen.index(current) >= 3
