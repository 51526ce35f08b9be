"""A door whose area asks for a number shows one at its reader, and tells it with every scan."""

from typing import Any

import pytest
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
    with tablet.page.expect_request("**/api/v1/scans") as asked:
        tablet.type("3" * 252)
    body: Any = asked.value.post_data_json
    told = body["challenges"]
    assert 1 <= len(told) <= 2
    assert number in told
    tablet.verdict()
