"""The wallet's face views in a real Chromium, with the real engine; only the person is drawn."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.biometrics.camera import INSTEAD, before
from tests.credentials.wallet import Wallet
from tests.fixtures.live import Live

pytestmark = pytest.mark.browser
TRIES = 6  # a drawn person is refused now and then, and more often where the machine has much else to do
ASKED = """() => {
  const view = document.querySelector("[data-view=camera]");
  if (view.hidden || view.dataset.state !== "running") return null;
  return [view.querySelector("[data-camera-oval]").dataset.move, view.dataset.light];
}"""


@pytest.fixture
def phone(live_stack: Live, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Wallet]:
    language = getattr(request, "param", "en")
    made = Wallet(live_stack, browser, "320", language, f"henri-{secrets.token_hex(4)}@acme.example")
    made.context.add_init_script(INSTEAD)
    made.do("notice", "face", "gdpr", f"a template of {secrets.token_hex(4)}")
    yield made
    made.context.close()


def capture(phone: Wallet, seed: int) -> None:
    """Before the camera until it has passed."""
    page = phone.page
    for again in range(TRIES):
        if again == TRIES // 2:
            # What the light of a screen does is drawn frame by frame, and a slow machine leaves frames out.
            page.get_by_label("No flashing light").check()
        page.click("[data-camera-start]")
        expect(page.locator("[data-view=camera]")).to_have_attribute("data-state", "running")
        before(page, ASKED, seed + again)
        assert page.evaluate("cameras()") == 0
        if page.locator("[data-view=camera]").is_hidden():
            return
        phone.do("forgive")  # five failures would lock them out
    pytest.fail(f"refused {TRIES} times: {phone.do('captures', phone.holder)}")


def test_a_face_is_enrolled_confirmed_and_unlocks(phone: Wallet) -> None:
    page = phone.page
    phone.enrol()
    page.locator("[data-view=ready] [data-deed=face]").click()
    phone.shows("face")
    view = page.locator("[data-view=face]")
    expect(view.locator("[data-face-state]")).to_have_text("You have not agreed.", timeout=15_000)
    view.locator("[data-deed=face-notice]").click()
    phone.shows("privacy")
    page.locator("[data-purpose=face] [data-gives]").click()
    expect(view.locator("[data-face-state]")).to_have_text("Not enrolled yet.", timeout=15_000)
    phone.shot("face-agreed")
    view.locator("[data-deed=face-take]").click()
    phone.shows("camera")
    page.get_by_label("No flashing light").check()
    capture(phone, 11)
    expect(view.locator("[data-face-state]")).to_contain_text("Not confirmed yet.", timeout=15_000)
    phone.shot("face-waits")
    phone.do("confirm_face", phone.holder)
    phone.do("require_unlock", "1")
    try:
        page.reload()
        phone.shows("ready")
        page.click("[data-deed=show]")
        phone.shows("locked")
        page.locator("[data-view=locked] [data-deed=face-unlock]").click()
        expect(page.get_by_label("No flashing light")).not_to_be_checked()
        capture(phone, 21)
        assert phone.do("opened", phone.code())["unlocked"] == 1
    finally:
        phone.do("require_unlock", "0")
    # The browser notes each beginning that was put off until the engine was warm.
    assert [said for said in phone.complaints if "503" not in said] == []
