"""Two visits in a real Chromium, with a camera: one invited with a phone, one who walks in without.

Invited: the phone is prepared from the mail, comes, signs, is told what doors write down, agrees to a photo,
is confirmed by the same two digits, opens two doors, is refused at a third, signs out, and is refused at the
first. Not announced: signs, is let in by the host's mail, and gets in with a day pass and its PIN.
"""

import io
import re
import secrets
from urllib.parse import urlsplit

import pytest
import zxingcpp
from playwright.sync_api import Browser, expect

from tests.biometrics.photographs import portrait
from tests.credentials.printed import read
from tests.fixtures.live import Live
from tests.journeys.actors import Desk, Tablet
from tests.journeys.visiting import (
    NOTICES,
    Kiosk,
    Visitor,
    ask_for_photos,
    draw_kiosk_code,
    invite,
    lets_in,
    mails_to,
    prepare_visits,
    text_of,
)
from tests.readers.fake_camera import FakeCamera

pytestmark = pytest.mark.browser
HENRI, HENRI_MAIL = "Henri Dubois", "henri@visits.example"
VERA, VERA_MAIL = "Vera Østergård", "vera@guest.example"
WALT = "Walt Wagner"
DOORS = ("Front door", "Meeting room", "Server room")


@pytest.fixture
def company(live_stack: Live, browser: Browser) -> Desk:
    """A company with three doors, a host, and what a visit needs; its owner at the desk."""
    desk = Desk.at(live_stack, browser, f"visit-{secrets.token_hex(3)}")
    desk.sign_up("Visits & Sons")
    desk.sign_in()
    desk.build()
    for door in DOORS[1:]:
        desk.go("/doors/add/")
        desk.save(area="Hall, Headquarters", name=door)
    desk.add_person(HENRI, HENRI_MAIL)
    prepare_visits(desk, doors=DOORS[:2])
    return desk


def tablet_at(desk: Desk, browser: Browser, door: str) -> Tablet:
    """A reader page at this door, laid aside: all share one camera, so one looks at a time."""
    tablet = Tablet.at(desk.live, browser, desk.word)
    tablet.name = f"tablet-{door.split(maxsplit=1)[0].lower()}"
    desk.go("/readers/pair/")
    desk.page.fill("[name=name]", door)
    point = desk.page.locator("[name=access_point] option", has_text=door).first.get_attribute("value")
    desk.page.locator("[name=access_point]").select_option(point)
    desk.page.click("text=Show the code")
    tablet.pair(desk.page.locator(".pair-code").inner_text())
    tablet.page.goto("about:blank")
    return tablet


def verdict(tablet: Tablet, camera: FakeCamera, picture: bytes) -> tuple[str, str]:
    """What the reader at this door says to what its camera sees; laid aside again."""
    tablet.go("/reader/")
    expect(tablet.page.locator("[data-state=ready]")).to_be_visible(timeout=20_000)
    camera.show_picture(picture)
    said = tablet.page.locator("[data-verdict][data-kind]:visible")
    expect(said).to_be_visible(timeout=15_000)
    found = (said.get_attribute("data-kind") or "", said.get_attribute("data-reason") or "")
    tablet.shot(found[1])
    camera.show_nothing()
    tablet.page.goto("about:blank")
    return found


def comes(kiosk: Kiosk, code: str, camera: FakeCamera) -> None:
    """Somebody expected, up to where the visit asks how they get through doors."""
    kiosk.choose("expected").on("code")
    kiosk.page.locator("#kiosk input.code").fill(code)
    kiosk.deed("go-on").on("details")
    kiosk.page.get_by_label("Company").fill("Østergård & Co")
    kiosk.deed("go-on")
    kiosk.on("document").sign()
    for title in NOTICES.values():
        expect(kiosk.on("notice").page.get_by_role("heading", name=title)).to_be_visible()
        kiosk.deed("go-on")
    portrait().save(picture := io.BytesIO(), "PNG")
    camera.show_picture(picture.getvalue())
    kiosk.on("photo").take_photo()


def photographed(desk: Desk) -> str:
    """Reception sees the photo on the visit's page; the page's path."""
    desk.go("/visitors/")
    desk.page.get_by_role("link", name=VERA).first.click()
    photo = desk.page.locator(".badge-shown img").first
    expect(photo).to_be_visible()
    assert photo.evaluate("one => one.naturalWidth") > 0
    desk.shot("visit-photo", whole=True)
    return urlsplit(desk.page.url).path


def test_an_invited_visitor_from_the_mail_to_the_goodbye(
    company: Desk, browser: Browser, camera: FakeCamera
) -> None:
    desk = company
    ask_for_photos(desk)
    front, room, server = [tablet_at(desk, browser, door) for door in DOORS]
    kiosk = Kiosk.at(desk.live, browser, desk.word)
    kiosk.pair(draw_kiosk_code(desk))
    invite(desk, name=VERA, email=VERA_MAIL, host=HENRI)

    phone = Visitor.at(desk.live, browser, desk.word)
    phone.prepare(VERA_MAIL)
    code = re.search(r"\b([0-9A-Z]{4}-[0-9A-Z]{4})\b", text_of(mails_to(desk.live, VERA_MAIL)[0]))
    assert code is not None

    comes(kiosk, code[1], camera)
    kiosk.on("way").choose("phone").on("phone")
    assert phone.scan(kiosk.picture()) == kiosk.on("digits").digits()
    kiosk.deed("same").on("done")
    expect(kiosk.page.locator("h1").first).to_contain_text(VERA)
    visit = photographed(desk)
    kiosk.deed("go-on").on("home")
    expect(kiosk.page.locator("#kiosk")).not_to_contain_text(VERA)

    assert verdict(front, camera, phone.show()) == ("granted", "granted")
    phone.page.wait_for_timeout(5000)  # a phone gets a new code every five seconds
    assert verdict(room, camera, phone.renew()) == ("granted", "granted")
    phone.page.wait_for_timeout(5000)
    assert verdict(server, camera, phone.renew())[0] == "refused"
    phone.page.wait_for_timeout(5000)
    last = phone.renew()

    phone.page.reload()
    phone.shows("ready")
    phone.page.locator("[data-deed=visit-leave]").tap()
    phone.shows("leaving")
    phone.page.locator("[data-deed=visit-leave-yes]").tap()
    phone.shows("goodbye")
    assert verdict(front, camera, last)[0] == "refused"
    desk.finds("Opened.", person="vera", result="granted")
    desk.go("/visitors/")
    expect(desk.page.locator("main")).to_contain_text(VERA)
    desk.shot("visitors-today", whole=True)
    desk.go(visit)
    expect(desk.page.locator("#photo")).to_have_count(0)  # it went with the visit
    assert desk.complaints + kiosk.complaints + phone.complaints == []


def test_one_who_walks_in_without_a_phone(company: Desk, browser: Browser, camera: FakeCamera) -> None:
    desk = company
    front = tablet_at(desk, browser, DOORS[0])
    kiosk = Kiosk.at(desk.live, browser, desk.word)
    kiosk.pair(draw_kiosk_code(desk))

    kiosk.choose("walk_in").on("whom")
    kiosk.page.locator("[role=combobox]").press_sequentially("Hen")
    kiosk.page.locator("[role=option]").first.click()
    kiosk.deed("go-on").on("details")
    kiosk.page.locator(".kiosk-field input").first.fill(WALT)
    kiosk.deed("go-on").on("document").sign()
    kiosk.on("waiting")
    lets_in(desk, HENRI_MAIL, Visitor.at(desk.live, browser, desk.word).page)
    kiosk.on("way")
    with kiosk.page.expect_response(re.compile(r"/badge$")) as paper:
        kiosk.choose("day_pass").on("done")
    pin = kiosk.page.locator(".kiosk-pin .kiosk-digits").inner_text().replace(" ", "")
    assert re.fullmatch(r"\d{6}", pin)
    (printed,) = zxingcpp.read_barcodes(read(paper.value.body()).picture())

    front.go("/reader/")
    expect(front.page.locator("[data-state=ready]")).to_be_visible(timeout=20_000)
    camera.show(printed.text)
    expect(front.page.locator("[data-keypad]")).to_be_visible(timeout=15_000)
    camera.show_nothing()
    for digit in pin:
        front.page.click(f"[data-keypad] [data-digit='{digit}']")
    front.says("granted", "granted")
    assert desk.complaints + kiosk.complaints + front.complaints == []
