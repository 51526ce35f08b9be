"""The reader page and the keys for codes: fetched at the start, again when they change, kept on reload."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.readers.tablet import Tablet
from tests.readers.test_reader_page import forward

pytestmark = pytest.mark.browser
HELD = """async () => {
    const store = await import("/static/reader/store.js");
    const held = await store.get("keys");
    return held?.sets.map((one) => [one.keyId, one.seal.length, one.verify.length]) ?? [];
}"""


def holds_the_newest(tablet: Tablet) -> bool:
    told = tablet.do("keys", tablet.name)
    return bool(told["newest"] == told["held"])


def test_the_page_holds_the_newest_keys_and_says_so(tablet: Tablet) -> None:
    tablet.pair()
    tablet.waits(lambda: holds_the_newest(tablet))
    before = tablet.page.evaluate(HELD)
    assert before
    assert {tuple(one[1:]) for one in before} == {(64, 32)}
    tablet.do("refuse_keys")
    assert not holds_the_newest(tablet)
    tablet.waits(lambda: holds_the_newest(tablet))
    after = tablet.page.evaluate(HELD)
    assert not {one[0] for one in before} & {one[0] for one in after}
    tablet.page.reload()
    tablet.ready()
    assert tablet.page.evaluate(HELD) == after
    assert tablet.complaints == []


def test_a_list_with_one_bit_changed_is_not_kept(tablet: Tablet) -> None:
    def bend(route: Route) -> None:
        answer = forward(tablet.live, route)
        if route.request.method != "GET":
            route.fulfill(status=answer.status_code)
            return
        told: dict[str, Any] = answer.json()
        keys = bytearray(base64.b64decode(told["keys"]))
        keys[-1] ^= 1
        asked.append(1)
        route.fulfill(json=told | {"keys": base64.b64encode(keys).decode()})

    asked: list[int] = []
    tablet.page.route("**/api/v1/readers/keys", bend)
    tablet.pair()
    tablet.waits(lambda: bool(asked))
    assert tablet.page.evaluate(HELD) == []
    assert tablet.do("keys", tablet.name)["held"] == 0
