"""The kiosk's page: each flow from the first touch to the last word, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.visitors.kiosk_api import CODE, FakeApi
from tests.visitors.kiosk_screen import PATIENCE_MS, Screen

pytestmark = pytest.mark.browser
MOST_SCREENS = 9
ODD = '<img src=x onerror="top.hit=1"> שָׂרָה 李小龍 👩‍🚀'
REFUSED_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
"""


def asked(kiosk: Screen) -> set[str]:
    """The screens on which something was asked, home and the last one among them."""
    return set(kiosk.shown) - {"pair", "waiting", "digits"}


def test_a_walk_in_without_a_phone_gets_a_pass_with_its_pin(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().walk_in()
    kiosk.on("document").sign().go_on().on("waiting").on("way").choose("day_pass").on("done")
    expect(kiosk.page.locator(".kiosk-pin .kiosk-digits")).to_have_text("482913")
    expect(kiosk.page.locator("h1").first).to_have_text("Welcome, Vera Visitor")
    (begun,) = api.of("kiosk/arrivals")
    assert begun["flow"] == "walk_in"
    assert [begun[name] for name in ("name", "firm", "email")] == [
        "Vera Visitor",
        "Visiting Ltd",
        "vera@visiting.example",
    ]
    (signed,) = api.of("documents")
    assert signed["name"] == "Vera Visitor"
    assert len(signed["strokes"]) == 1
    assert all(0 <= x <= 600 and 0 <= y <= 200 and t >= 0 for x, y, t in signed["strokes"][0])
    assert len(asked(kiosk)) <= MOST_SCREENS
    expect(kiosk.page.locator(".kiosk-screen")).to_contain_text("Take your badge from the printer")
    assert kiosk.page.evaluate("printed") == 1
    kiosk.go_on().on("home")
    assert kiosk.page.locator("iframe").count() == 0
    assert api.paths()[-1].endswith("/end")
    assert kiosk.complaints == []


def test_an_expected_visitor_binds_a_phone_by_the_same_digits(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().choose("expected").on("code")
    kiosk.field("Code").fill("k7qm-4f2p")
    kiosk.go_on().on("document").sign().go_on().on("way").choose("phone").on("phone")
    expect(kiosk.page.locator(".kiosk-picture svg")).to_be_visible(timeout=PATIENCE_MS)
    api.scan("47")
    kiosk.on("digits")
    expect(kiosk.page.locator(".kiosk-digits")).to_have_text("47")
    kiosk.deed("differs").on("phone")
    assert api.of("phone/same") == [{"same": False}]
    api.scan("19")
    kiosk.on("digits").deed("same").on("done")
    assert api.of("kiosk/arrivals")[0]["code"] == CODE
    assert len(asked(kiosk)) <= MOST_SCREENS
    assert kiosk.complaints == []


def test_a_visit_that_asks_for_everything_is_no_longer_than_it_may_be(kiosk: Screen, api: FakeApi) -> None:
    api.steps = ["documents", "consent", "photo", "face", "way", "phone", "badge"]
    kiosk.pair().walk_in()
    kiosk.on("document").sign().go_on().on("notice").go_on().on("photo")
    assert kiosk.page.locator(".kiosk-step").inner_text() == "Step 4 of 7"
    kiosk.deed("take").go_on()
    kiosk.on("waiting").on("face").deed("skip").on("way").choose("phone").on("phone")
    api.scan()
    kiosk.on("digits").deed("same").on("done")
    (agreed,) = api.of("consent")
    assert (agreed["purpose"], agreed["pressed"], agreed["language"]) == ("photo", "I agree", "en")
    assert len(agreed["sha256"]) == 64
    (photo,) = api.of("photo")
    assert photo[:2] == b"\xff\xd8"
    assert len(asked(kiosk)) <= MOST_SCREENS + 1  # the notice turns into the camera on the same screen
    assert kiosk.complaints == []


def test_name_and_day_show_nothing_until_somebody_admits(kiosk: Screen, api: FakeApi) -> None:
    api.waits = 2
    kiosk.pair().choose("expected").on("code").deed("no-code").on("appointment")
    kiosk.field("Your name").fill("Vera Visitor")
    kiosk.go_on().on("waiting")
    expect(kiosk.page.locator(".kiosk-screen")).not_to_contain_text("Henrike")
    expect(kiosk.page.locator(".kiosk-screen")).not_to_contain_text("Vera")
    kiosk.on("document")
    (begun,) = api.of("kiosk/arrivals")
    assert set(begun) == {"flow", "language", "name", "date"}


def test_a_wrong_code_is_said_and_the_right_one_then_goes_on(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().choose("expected").on("code")
    kiosk.field("Code").fill("K7QM")
    kiosk.go_on()
    expect(kiosk.page.locator(".form-error:visible")).to_have_text("Type all eight signs of the code.")
    assert api.of("kiosk/arrivals") == []
    kiosk.field("Code").fill("00000000")
    kiosk.go_on()
    expect(kiosk.page.locator(".kiosk-wrong")).to_have_text(
        "This code is not right. Check it, or ask at reception."
    )
    kiosk.field("Code").fill(CODE)
    kiosk.page.keyboard.press("Enter")
    kiosk.on("document")


def test_leaving_by_code_and_by_name(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().choose("leaving").on("leaving")
    kiosk.field("Code or name").fill(CODE)
    kiosk.go_on().on("left")
    expect(kiosk.page.locator("h1").first).to_have_text("You are signed out")
    kiosk.go_on().on("home").choose("leaving").on("leaving")
    kiosk.field("Code or name").fill("Isabella")
    kiosk.go_on().on("left")
    expect(kiosk.page.locator("h1").first).to_have_text("Reception is told")
    assert [{name for name in body if name != "language"} for body in api.of("kiosk/leaving")] == [
        {"code"},
        {"name"},
    ]


def test_a_delivery_calls_its_host(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().language("fr").choose("delivery").on("delivery").host().go_on().on("called")
    (told,) = api.of("kiosk/deliveries")
    assert told["language"] == "fr"


def test_a_name_in_any_script_is_text(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().walk_in(ODD)
    kiosk.on("document")
    expect(kiosk.page.locator(".kiosk-signs-as .kiosk-own")).to_have_text(ODD)
    kiosk.sign().go_on().on("way").choose("escort").on("done")
    expect(kiosk.page.locator("h1").first).to_contain_text(ODD)
    assert kiosk.page.locator("#kiosk img").count() == 0
    assert kiosk.page.evaluate("globalThis.hit") is None
    assert api.of("kiosk/arrivals")[0]["name"] == ODD


def test_two_hundred_letters_fit_and_no_more(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().walk_in("ß" * 201)
    expect(kiosk.page.locator(".form-error:visible")).to_have_text("This is too long: 200 letters at most.")
    kiosk.page.locator(".kiosk-field input").first.fill("W" * 200)
    kiosk.go_on().on("document").sign().go_on().on("way").choose("escort").on("done")
    assert api.of("kiosk/arrivals")[0]["name"] == "W" * 200


def test_nothing_drawn_is_no_signature(kiosk: Screen, api: FakeApi) -> None:
    kiosk.pair().walk_in()
    kiosk.on("document").go_on()
    said = kiosk.page.locator(".kiosk-wrong")
    expect(said).to_have_text("Nothing is drawn yet. Sign in the field, or ask at reception.")
    box = kiosk.page.locator("canvas").bounding_box()
    assert box is not None
    kiosk.page.mouse.click(box["x"] + 50, box["y"] + 50)  # a touch by mistake
    kiosk.go_on()
    expect(said).to_be_visible()
    kiosk.sign().deed("clear").go_on()
    expect(said).to_be_visible()
    assert api.of("documents") == []
    kiosk.sign().go_on().on("waiting")


def test_a_camera_that_is_refused_leaves_the_way_without(kiosk: Screen, api: FakeApi) -> None:
    kiosk.context.add_init_script(REFUSED_CAMERA)
    api.steps, api.photo = ["photo", "way", "badge"], "required"
    kiosk.pair().walk_in()
    kiosk.on("photo")
    expect(kiosk.page.locator("#kiosk")).to_have_attribute("data-camera", "refused")
    expect(kiosk.page.locator(".kiosk-line")).to_contain_text("The camera cannot be used")
    expect(kiosk.page.locator("[data-deed=take]")).to_be_hidden()
    kiosk.deed("skip").on("waiting")
    assert api.of("photo") == [{"skip": True}]


def test_without_a_printer_reception_gives_the_badge(kiosk: Screen, api: FakeApi) -> None:
    api.printer = False
    kiosk.pair().walk_in()
    kiosk.on("document").sign().go_on().on("way").choose("day_pass").on("done")
    expect(kiosk.page.locator(".kiosk-screen")).to_contain_text("Reception gives you your pass.")
    assert api.of("badge") == []


def test_a_badge_that_fails_sends_to_reception(kiosk: Screen, api: FakeApi) -> None:
    api.refuses = {"/badge": (503, "server_unavailable")}
    kiosk.pair().walk_in()
    kiosk.on("document").sign().go_on().on("way").choose("escort").on("done")
    expect(kiosk.page.locator(".kiosk-screen")).to_contain_text("The badge could not be printed.")


def test_refused_says_no_reason(kiosk: Screen, api: FakeApi) -> None:
    api.waits = 99
    kiosk.pair().walk_in()
    kiosk.on("document").sign().go_on().on("waiting")
    api.state_said = "refused"
    kiosk.on("refused")
    expect(kiosk.page.locator("h1").first).to_have_text("Please speak to reception")
