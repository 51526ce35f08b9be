"""In a real Chromium with a film for a camera: a face enrolled at a desk, and a person's page."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from biometrics.desk_texts import PAGE
from tests.biometrics.real import POSES, pose
from tests.fixtures.live import Live
from tests.pages.test_alarm_and_lost_pages import hold_as_it_is
from tests.pages.test_journeys import SCREENS, Console, faults, look
from tests.readers.fake_camera import HEIGHT, WIDTH

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("console-journeys")]
STILL = 24  # frames of a second that she stays as she is


def film(path: Path) -> None:
    """The photograph moved about before a grey wall, as YUV4MPEG2: Chromium plays it again and again."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(len(POSES)):
            picture = Image.new("RGB", (WIDTH, HEIGHT), (128, 128, 128))
            picture.paste(Image.open(BytesIO(pose(number))), ((WIDTH - HEIGHT) // 2, 0))
            planes = cv2.cvtColor(np.array(picture), cv2.COLOR_RGB2YUV_I420).tobytes()
            file.write((b"FRAME\n" + planes) * STILL)


@pytest.fixture(scope="module")
def console(chromium: str, live_stack: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    path = tmp_path_factory.mktemp("film") / "camera.y4m"
    film(path)
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield Console(live_stack, browser)
        browser.close()


def taken(page: Page) -> None:
    """Look into the camera; on a machine that others load, once more where no engine had time in a minute."""
    done = page.get_by_role("heading", name=PAGE["de"]["done"])
    wrong = page.locator("[data-part='wrong']:not([hidden])")
    for _ in range(3):
        page.locator("[data-part='start']").click()
        expect(page.locator(".desk-line")).to_have_text(PAGE["de"]["centre"], timeout=15_000)
        look(page, "face-desk-camera")
        expect(done.or_(wrong)).to_be_visible(timeout=70_000)
        if done.is_visible():
            return
        assert wrong.inner_text() == PAGE["de"]["late"]
    pytest.fail("no engine had time")


def forget(console: Console) -> None:
    """What the browser says of axe's own styles comes a moment later, and counts nothing."""
    console.page.wait_for_timeout(300)
    console.complaints.clear()


def sound(console: Console) -> None:
    """What is shown is sound to axe, and the browser had nothing to complain of."""
    assert console.complaints == []
    assert faults(console.page) == []
    forget(console)


def held(console: Console, name: str) -> None:
    """The whole page, in both themes and on a phone as well."""
    page = console.page
    assert console.complaints == []
    hold_as_it_is(page, name)
    width, height, theme = SCREENS["desk-light"]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    forget(console)


def before_faces_are_open(console: Console) -> None:
    page = console.page
    page.goto(console.address(f"/people/{console.facts['holder']}/"))
    expect(page.locator("section", has=page.locator("#face"))).to_contain_text("has not opened faces")
    page.goto(console.address(f"/people/{console.facts['holder']}/face/"))
    expect(page.locator("h2")).to_have_text("Faces are not open yet")
    held(console, "face-closed")


def read_agree_look_enrolled(console: Console, person: str) -> None:
    page = console.page
    console.complaints.clear()
    page.goto(console.address(person))
    page.click("text=Enrol at this desk")
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator(".desk")).to_have_attribute("lang", "de")
    expect(page.locator(".desk-notice h2")).to_have_text("face de")
    held(console, "face-desk-agree")
    page.get_by_role("button", name=PAGE["de"]["agree"]).click()
    expect(page.locator(".desk-agreed")).to_contain_text(PAGE["de"]["agreed"])
    held(console, "face-desk-ready")
    taken(page)
    assert page.evaluate("document.querySelector('video').srcObject") is None
    held(console, "face-desk-done")
    assert console.do("faces") == [["attended", "verified", ""]]
    page.get_by_role("link", name="Back to").click()
    card = page.locator("section", has=page.locator("#face"))
    expect(card).to_contain_text("At a desk, with Jo Journey")
    expect(page.locator("section", has=page.locator("#consents"))).to_contain_text(
        "at a desk, with Jo Journey"
    )
    held(console, "person-face")
    card.get_by_role("button", name="Delete face").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("destroyed at once")
    sound(console)
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator(".notice-success")).to_contain_text("is deleted")
    expect(card).to_contain_text("an operator deleted it")
    assert console.do("faces") == [["attended", "verified", "deleted"]]


def a_face_from_a_phone_is_confirmed(console: Console) -> None:
    page = console.page
    page.goto(console.address(f"/people/{console.do('enrol_on_the_phone')}/"))
    card = page.locator("section", has=page.locator("#face"))
    expect(card).to_contain_text("Awaiting confirmation")
    held(console, "person-face-awaits")
    card.get_by_role("button", name="Confirm").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("You vouch that the person in front of you")
    look(page, "face-confirm")
    sound(console)
    dialog.get_by_role("button", name="Confirm").click()
    expect(card).to_contain_text("by Jo Journey")
    card.get_by_role("button", name="Ask to enrol anew").click()
    page.locator("dialog[open]").get_by_role("button", name="Ask", exact=True).click()
    expect(card).to_contain_text("Asked to enrol anew")
    held(console, "person-face-asked")
    card.get_by_role("button", name="No new enrolment after all").click()
    card.get_by_role("button", name="Take the confirmation back").click()
    expect(card).to_contain_text("Awaiting confirmation")


def without_a_camera_the_page_says_what_to_do(console: Console, person: str) -> None:
    page = console.new_page(
        console.new_context(*SCREENS["desk-light"], state=console.context.storage_state())
    )
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', window.why) };"
    )
    page.goto(console.address(f"{person}face/"))
    for why, words in {
        "NotAllowedError": "refused",
        "NotFoundError": "missing",
        "NotReadableError": "taken",
    }.items():
        page.evaluate("why => { window.why = why }", why)
        page.locator("[data-part='start']").click()
        expect(page.locator("[data-part='wrong']")).to_have_text(PAGE["de"][words])
    assert faults(page) == []
    look(page, "face-desk-refused")
    page.context.close()


def test_a_face_from_closed_to_deleted_and_confirmed(console: Console) -> None:
    """In this order: each part begins where the one before ended."""
    before_faces_are_open(console)
    person = f"/people/{console.do('open_faces')}/"
    read_agree_look_enrolled(console, person)
    a_face_from_a_phone_is_confirmed(console)
    without_a_camera_the_page_says_what_to_do(console, person)
