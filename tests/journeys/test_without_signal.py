"""A phone that was cut off opens a door: its pass and proof, photographed from its screen, are granted."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.fixtures.live import Live
from tests.journeys.actors import Desk, Phone, Tablet
from tests.readers.fake_camera import FakeCamera

pytestmark = pytest.mark.browser
HENRI, MAIL = "Henri Dubois", "henri@signal.example"


@pytest.fixture
def camera(tmp_path: Path) -> FakeCamera:
    """What the tablet at the door sees."""
    return FakeCamera(tmp_path / "camera.y4m")


@pytest.fixture
def browser(chromium: str, camera: FakeCamera) -> Iterator[Browser]:
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera.path}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield launched
        launched.close()


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
