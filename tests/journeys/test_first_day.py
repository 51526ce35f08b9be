"""A company's first day in a real Chromium: from sign-up to a phone that opens a door, and then no more."""

import re
import secrets

import pytest
from playwright.sync_api import Browser

from tests.fixtures.live import Live
from tests.journeys.actors import Desk, Phone, Tablet
from tests.readers.fake_camera import FakeCamera

pytestmark = pytest.mark.browser
HENRI, MAIL = "Henri Dubois", "henri@journey.example"
TICKET = "314159265358979323846"


def verified(live: Live, word: str) -> str:
    """Seal the company's record and verify it; what the command said. Fails if the record does not hold."""
    log = live.place.var / "log" / "manage.log"
    live.manage("ledger", "seal", "--company", word)
    before = log.stat().st_size
    live.manage("ledger", "verify", "--company", word)
    return log.read_bytes()[before:].decode()


def test_from_sign_up_to_a_dead_phone(live_stack: Live, browser: Browser, camera: FakeCamera) -> None:
    word = f"first-{secrets.token_hex(3)}"
    there = (live_stack, browser, word)
    desk, tablet, phone = Desk.at(*there), Tablet.at(*there), Phone.at(*there)

    desk.sign_up("First & Sons")
    desk.sign_in()
    desk.build()
    tablet.pair(desk.draw_reader_code())
    desk.reader_is_paired()
    person = desk.add_person(HENRI, MAIL)
    phone.enrol(MAIL)
    desk.confirm_phone()
    desk.watch()

    seen = phone.show()
    camera.show_picture(seen)
    tablet.says("granted", "granted")
    desk.sees(HENRI)
    camera.show(TICKET)
    tablet.says("refused", "malformed")
    camera.show_picture(seen)
    tablet.says("refused", "replayed")
    camera.show_nothing()
    desk.sees("a copy, or shown twice", "not a code of ours", HENRI)
    desk.shot("feed")

    desk.go(person)
    captured = phone.renew()
    assert phone.complaints == []
    desk.revoke_phone()
    camera.show_picture(captured)
    tablet.says("refused", "device_revoked")
    camera.show_nothing()
    phone.page.reload()
    phone.shows("stopped")

    desk.finds("Opened.", person="henri", result="granted")
    desk.finds("a copy, or shown twice", person="henri", reason="replayed")
    desk.finds("Unknown code", reason="malformed")
    desk.finds("The phone is revoked", person="henri")
    desk.shot("events")
    desk.fits(
        390, 844, person, "/", "/doors/", "/doors/schedules/", "/doors/levels/", "/readers/1/", "/events/"
    )
    assert desk.complaints + tablet.complaints == []
    rows = re.search(r"(\d+) scan rows", verified(live_stack, word))
    assert rows is not None
    assert int(rows[1]) >= 4
