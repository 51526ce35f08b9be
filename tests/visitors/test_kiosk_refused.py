"""A sign-in that the server refuses to look at holds up no other, and is not lost without a word."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.visitors.kiosk_api import FakeApi, Said
from tests.visitors.kiosk_screen import PATIENCE_MS, Screen
from tests.visitors.test_kiosk_offline import by_code, note, write_down

pytestmark = pytest.mark.browser
NOTHING = "AA=="


@pytest.mark.parametrize("refusal", [(400, "malformed"), (413, "too_large")])
def test_one_that_is_refused_holds_up_no_other(
    kiosk: Screen, api: FakeApi, monkeypatch: pytest.MonkeyPatch, refusal: tuple[int, str]
) -> None:
    kiosk.pair()
    api.down = True
    for _ in range(2):
        by_code(kiosk)
        write_down(kiosk).go_on().on("home")
    expect(note(kiosk)).to_contain_text("2 written down here")
    broken: list[Any] = []
    answers = api._told

    def told(path: str, body: Any) -> tuple[int, Any]:
        if path == "kiosk/sealed":
            broken[:] = broken or [body["items"][0]["id"]]
            if any(one["id"] in broken and one["sealed"] != NOTHING for one in body["items"]):
                raise Said(refusal)
        return answers(path, body)

    monkeypatch.setattr(api, "_told", told)
    api.down = False
    expect(note(kiosk)).not_to_contain_text("written down", timeout=2 * PATIENCE_MS)
    sent = [[(one["id"], one["sealed"]) for one in body["items"]] for body in api.of("kiosk/sealed")]
    both, alone, word, other = sent
    assert len(both) == 2
    assert alone == both[:1]
    assert word == [(broken[0], NOTHING)]
    assert other == both[1:]
