"""The face at the reader page: taken under the same event, and what happens when it is not."""

from typing import Any

import pytest
from playwright.sync_api import expect

from sallyport.reasons import Reason
from tests.readers.face_field import FRAMES, WAY, FaceField, face_picture, forever, step, walk
from tests.readers.field import fresh
from tests.readers.tablet import PATIENCE_MS, Tablet
from tests.readers.test_reader_alone import take_to

pytestmark = pytest.mark.browser
LINES = """
window.lines = [];
addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector("#face-line");
  new MutationObserver(() => line.textContent && window.lines.push(line.textContent))
    .observe(line, { childList: true });
});
"""


@pytest.fixture
def field(tablet: Tablet) -> FaceField:
    made = FaceField()
    tablet.context.add_init_script(LINES)
    take_to(tablet, made)
    return made


def begin(tablet: Tablet, field: FaceField) -> None:
    """A code by a scanner that types; the camera sees the person."""
    tablet.camera.show_picture(face_picture())
    tablet.type(fresh(nonce=len(field.asked) + 1))
    expect(tablet.page.locator("[data-face]")).to_be_visible(timeout=PATIENCE_MS)


def other_way(tablet: Tablet) -> Any:
    return tablet.page.locator("[data-face] [data-deed='other-way']")


def way_shown(tablet: Tablet) -> str:
    return tablet.page.locator("[data-verdict] [data-way]").inner_text()


def closed(tablet: Tablet) -> None:
    """Nothing of the person is left on the page."""
    expect(tablet.page.locator("[data-face]")).to_be_hidden()
    assert tablet.page.evaluate("document.querySelector('[data-face] video').srcObject") is None


@pytest.mark.parametrize("tablet", ["tablet", "phone", "upright"], indirect=True)
def test_a_face_opens_under_the_event_of_its_code(tablet: Tablet, field: FaceField) -> None:
    expect(tablet.page.locator("[data-asks-face]")).to_be_visible()
    tablet.shot("asks-face")
    field.script = walk(each=12)
    code = fresh(nonce=1)
    tablet.camera.show(code)
    expect(tablet.page.locator("[data-face]")).to_be_visible(timeout=PATIENCE_MS)
    tablet.camera.show_picture(face_picture())
    tablet.waits(lambda: "Turn your head to the left" in tablet.page.evaluate("window.lines"))
    tablet.shot("face")
    assert other_way(tablet).bounding_box()["height"] >= 48
    assert WAY in tablet.page.locator("[data-face] [data-way]").inner_text()
    assert tablet.page.locator("[data-face] video").evaluate("one => getComputedStyle(one).transform") == (
        "matrix(-1, 0, 0, 1, 0, 0)"
    )
    assert tablet.verdict()[:2] == ("granted", "granted")
    closed(tablet)
    assert [one.get("face") for one in field.asked] == [True, field.begun[0]["session"]]
    assert {(one["counter"], one["code"]) for one in field.asked} == {(1, code)}
    assert field.committed == [(1, "granted")]
    assert [frame.sequence for frame in field.frames] == list(range(len(field.frames)))
    assert {str(frame.session) for frame in field.frames} == {field.begun[0]["session"]}
    assert set(field.types) == {"application/octet-stream"}
    assert field.frames[-1].picture.shape == (480, 640, 3)
    left, right = field.frames[-1].picture[240, 10].mean(), field.frames[-1].picture[240, 630].mean()
    assert (left < 80, right > 140) == (True, True)  # as the camera sees, whatever the page shows
    assert tablet.complaints == []


def test_a_failure_is_said_with_the_way_in_without_a_face(tablet: Tablet, field: FaceField) -> None:
    field.script = lambda _: {"phase": "failed", "step": None, "done": 1, "of": 3, "code": "liveness_failed"}
    field.verdict = Reason.LIVENESS_FAILED
    begin(tablet, field)
    found = tablet.verdict()
    assert found[:2] == ("refused", "liveness_failed")
    assert way_shown(tablet) == f"Without a face: {WAY}"
    tablet.gone()
    field.verdict, field.script = Reason.FACE_MISMATCH, walk()
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("refused", "face_mismatch")
    assert field.committed == [(1, "liveness_failed"), (2, "face_mismatch")]


@pytest.mark.parametrize("tablet", ["tablet", "phone"], indirect=True)
def test_the_other_way_in_is_one_touch_and_leaves_no_gap(tablet: Tablet, field: FaceField) -> None:
    field.script = forever()
    begin(tablet, field)
    tablet.waits(lambda: field.frames)
    other_way(tablet).click()
    found = tablet.verdict()
    assert found == ("refused", "face_required", "No face was taken.")
    closed(tablet)
    assert "face" not in field.asked[-1]
    assert field.committed == [(1, "face_required")]
    tablet.gone()
    field.script = walk()
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert field.committed == [(1, "face_required"), (2, "granted")]


def test_hints_are_told_and_a_busy_server_asks_nothing_of_the_person(
    tablet: Tablet, field: FaceField
) -> None:
    """What was not counted is sent anew under the number that the server expects."""

    def said(place: int) -> Any:
        if place == 0:
            return 503
        if place < 12:
            return forever(hint="face_busy", text="Too many faces.", sequence=0)(place)
        if place < 24:
            return forever(hint="face_small")(place)
        return {"phase": "passed", "step": None, "done": 3, "of": 3}

    field.script = said
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert [frame.sequence for frame in field.frames] == [0] * 13 + list(range(1, 13))
    assert tablet.page.evaluate("window.lines") == ["Look at the camera", "Come closer"]


def test_no_other_code_is_taken_meanwhile(tablet: Tablet, field: FaceField) -> None:
    field.script = walk(each=10)
    begin(tablet, field)
    tablet.waits(lambda: field.frames)
    tablet.type("2" * 252)
    tablet.camera.show("31415926535897932384626433832795")
    tablet.waits(lambda: len(field.frames) > 20)
    tablet.camera.show_picture(face_picture())
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert [one["counter"] for one in field.asked] == [1, 1]
    tablet.gone()
    assert tablet.page.evaluate("window.verdicts") == []


def test_who_walks_away_is_waited_for_no_longer_than_a_session(tablet: Tablet, field: FaceField) -> None:
    field.script, field.seconds = forever(hint="face_none"), 1.5
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("refused", "face_required")
    assert field.committed == [(1, "face_required")]


def test_a_camera_that_goes_ends_it(tablet: Tablet, field: FaceField) -> None:
    field.script = forever()
    begin(tablet, field)
    tablet.waits(lambda: field.frames)
    tablet.page.evaluate("document.querySelector('[data-face] video').srcObject.getTracks()[0].stop()")
    assert tablet.verdict()[:2] == ("refused", "face_required")
    tablet.gone()
    tablet.type(fresh(nonce=9))
    assert tablet.verdict()[:2] == ("refused", "face_required")
    assert "face" not in field.asked[-1]  # without a camera it does not say that it could take one
    assert [counter for counter, _ in field.committed] == [1, 2]


def test_cut_off_in_mid_capture_the_door_stays_shut_and_no_number_is_left_out(
    tablet: Tablet, field: FaceField
) -> None:
    field.script = forever()
    begin(tablet, field)
    tablet.waits(lambda: field.frames)
    field.cut()
    found = tablet.verdict()
    assert (found.kind, found.reason) == ("refused", "offline_refused")
    assert way_shown(tablet) == f"Without a face: {WAY}"
    assert field.committed == []
    closed(tablet)
    expect(tablet.page.locator("[data-asks-face]")).to_be_hidden()
    field.gone = False
    tablet.ready()
    tablet.waits(lambda: field.entries)
    assert [(one.counter, one.granted) for one in field.entries] == [(1, False)]
    field.script = walk()
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert field.committed == [(2, "granted")]


def test_frames_without_an_answer_give_up_under_the_same_event(tablet: Tablet, field: FaceField) -> None:
    field.away.add(FRAMES)
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("refused", "face_required")
    assert field.committed == [(1, "face_required")]


def test_a_session_that_the_server_forgot_leaves_an_event_all_the_same(
    tablet: Tablet, field: FaceField
) -> None:
    field.forgets = True
    begin(tablet, field)
    assert tablet.verdict()[:2] == ("refused", "face_required")
    assert [one.get("face", "") for one in field.asked] == [True, field.begun[0]["session"], ""]
    assert field.committed == [(1, "face_required")]


@pytest.mark.parametrize("broken", [{"nonce": "AAAA"}, {"session": "x"}, {"sequence": -1}, {"step": 7}])
def test_a_beginning_that_cannot_be_read_takes_no_face(
    tablet: Tablet, field: FaceField, broken: dict[str, Any]
) -> None:
    begun = field.begin
    field.begin = lambda: begun() | broken  # type: ignore[method-assign]
    field.script = lambda _: {"phase": "failed", "step": None, "done": 0, "of": 3}
    field.verdict = Reason.LIVENESS_FAILED
    tablet.camera.show_picture(face_picture())
    tablet.type(fresh())
    assert tablet.verdict().kind == "refused"
    closed(tablet)
    assert len(field.committed) == 1


def test_the_screen_takes_the_colour_of_a_flash_and_gives_it_back(tablet: Tablet, field: FaceField) -> None:
    def said(place: int) -> Any:
        return forever(step=step("flash", "cyan"))(place) if place < 20 else walk()(place)

    field.script = said
    begin(tablet, field)
    face = tablet.page.locator("[data-face]")
    expect(face).to_have_css("background-color", "rgb(60, 255, 255)", timeout=PATIENCE_MS)
    tablet.shot("flash")
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert face.evaluate("one => one.style.backgroundColor") == ""


def test_it_speaks_the_language_of_the_page(tablet: Tablet, field: FaceField) -> None:
    tablet.page.select_option("#language-watch", "de")
    field.script = walk(each=8)
    begin(tablet, field)
    expect(other_way(tablet)).to_have_text("Anderer Weg hinein")
    assert tablet.verdict()[:2] == ("granted", "granted")
    assert tablet.page.evaluate("window.lines")[:2] == ["In die Kamera sehen", "Den Kopf nach links drehen"]
    assert set(field.languages) == {"de"}
