"""A phone that was cut off opens a door: its pass and proof, photographed from its screen, are granted."""

import secrets

import pytest
from playwright.sync_api import Browser, expect

from tests.fixtures.live import Live
from tests.journeys.actors import Desk, Phone, Tablet
from tests.readers.fake_camera import FakeCamera

pytestmark = pytest.mark.browser
HENRI, MAIL = "Henri Dubois", "henri@signal.example"


def test_a_phone_without_signal_opens_a_door(live_stack: Live, browser: Browser, camera: FakeCamera) -> None:
    there = (live_stack, browser, f"signal-{secrets.token_hex(3)}")
    desk, tablet, phone = Desk.at(*there), Tablet.at(*there), Phone.at(*there)
    desk.sign_up("Signal & Sons")
    desk.sign_in()
    desk.build()
    tablet.pair(desk.draw_reader_code())
    desk.reader_is_paired()
    desk.add_person(HENRI, MAIL)
    phone.enrol(MAIL)
    desk.confirm_phone()
    phone.shows("ready")
    expect(phone.page.locator("[data-view=ready] [data-signal]")).to_be_visible()
    phone.waits(lambda: phone.page.evaluate("navigator.serviceWorker.controller !== null"))
    assert phone.complaints == []

    phone.context.set_offline(True)
    phone.page.reload()
    seen = phone.show()
    expect(phone.page.locator("[data-card]")).to_have_attribute("data-kind", "pass")
    camera.show_picture(seen)
    tablet.says("granted", "granted")
    camera.show_nothing()
    expect(tablet.page.locator("[data-verdict]")).to_be_hidden(timeout=10_000)
    tablet.page.wait_for_timeout(3000)  # so long the same code is one presentation
    camera.show_picture(seen)
    tablet.says("refused", "replayed")
    camera.show_picture(phone.renew())
    tablet.says("granted", "granted")
    assert tablet.complaints == []
