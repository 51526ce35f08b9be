"""One frame from its bytes to its measure: what is wrong with it has one code, the first to be mended."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, FaceEngine, Order
from biometrics.engine.loading import load
from biometrics.engine.looking import Want, look
from biometrics.engine.quality import MOST_TURN, Quality, measured, only_face
from tests.biometrics.photographs import array, astronaut, jpeg, lfw, png, portrait

FACE = Face(Box(0, 0, 99, 99), np.arange(10, dtype=np.float32).reshape(5, 2), 1.0, True, Order.DLIB)


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return load(Choice())


def beside(one: Image.Image, other: Image.Image) -> Image.Image:
    """Two pictures in one."""
    both = Image.new("RGB", (one.width + other.width, max(one.height, other.height)))
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    return both


def darkened(picture: Image.Image, part: float) -> Image.Image:
    return picture.point(lambda light: int(light * part))


def test_a_good_frame(engine: FaceEngine) -> None:
    found = look(engine, png(astronaut()), Want.VECTOR)
    assert (found.width, found.height) == (512, 512)
    assert found.vector.shape == (128,)
    assert found.quality.fault is None
    assert 80 < found.quality.side < 100
    assert found.model == engine.model


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: Image.new("RGB", (640, 480), "grey"), FaceCode.FACE_NONE),
        (lambda: astronaut().rotate(90), FaceCode.FACE_NONE),
        (lambda: astronaut().resize((120, 120)), FaceCode.FACE_NONE),
        (lambda: beside(portrait(300), portrait(300)), FaceCode.FACE_SEVERAL),
        (lambda: astronaut().resize((430, 430)), FaceCode.FACE_SMALL),
        (lambda: darkened(portrait(), 0.15), FaceCode.FACE_DARK),
        (lambda: portrait().filter(ImageFilter.GaussianBlur(4)), FaceCode.FACE_BLURRED),
        (lambda: Image.new("RGB", (1, 1)), FaceCode.FACE_NONE),
    ],
)
def test_a_frame_that_is_not_fit(engine: FaceEngine, made: Callable[[], Image.Image], code: FaceCode) -> None:
    with pytest.raises(FaceRefused) as refused:
        look(engine, png(made()), Want.VECTOR)
    assert refused.value.code is code


def test_a_turned_face(engine: FaceEngine) -> None:
    """LFW's: there is no turned photograph that may lie here."""
    data = lfw("Christine_Todd_Whitman", 2)
    with pytest.raises(FaceRefused) as refused:
        look(engine, data, Want.VECTOR)
    assert refused.value.code is FaceCode.FACE_TURNED
    assert quality_of(engine, data).turn > MOST_TURN


def test_a_face_is_judged_by_its_first_fault() -> None:
    good = {"side": 90.0, "light": 100.0, "sharpness": 0.05, "turn": 0.0}
    faults = {
        "side": (79.0, FaceCode.FACE_SMALL),
        "light": (39.0, FaceCode.FACE_DARK),
        "sharpness": (0.006, FaceCode.FACE_BLURRED),
        "turn": (-0.4, FaceCode.FACE_TURNED),
    }
    assert Quality(**good).fault is None
    wrong = dict(good)
    for name, (value, code) in reversed(faults.items()):
        wrong[name] = value
        assert Quality(**wrong).fault is code
        assert Quality(**{**good, name: value}).fault is code


def quality_of(engine: FaceEngine, data: bytes) -> Quality:
    """Of the one face, good or not."""
    quality = look(engine, data, Want.OBSERVE).quality
    assert quality is not None
    return quality


@pytest.mark.parametrize(
    ("made", "faces"),
    [
        (lambda: Image.new("RGB", (640, 480), "grey"), 0),
        (lambda: Image.new("RGB", (1, 1)), 0),
        (lambda: beside(portrait(300), portrait(300)), 2),
        (lambda: darkened(portrait(), 0.15), 1),
    ],
)
def test_whatever_is_there_is_told_to_who_observes(
    engine: FaceEngine, made: Callable[[], Image.Image], faces: int
) -> None:
    found = look(engine, png(made()), Want.OBSERVE)
    assert len(found.faces) == faces
    assert (found.width, found.height) == made().size
    assert (found.quality is not None) == (faces == 1)
    assert found.quality is None or found.quality.fault is FaceCode.FACE_DARK
    assert found.thumbnail.shape == (16, 17)
    assert (found.face_colour == found.ground_colour == (0, 0, 0)) == (faces == 0)


@pytest.mark.parametrize("want", [Want.VECTOR, Want.OBSERVE, Want.embed(FACE)])
def test_no_picture_is_opened_more_kindly_than_another(engine: FaceEngine, want: Want[Any]) -> None:
    for data, expected in (
        (b"<svg/>", FaceCode.PICTURE_KIND),
        (png(portrait())[:-9], FaceCode.PICTURE_BROKEN),
    ):
        with pytest.raises(FaceRefused) as refused:
            look(engine, data, want)
        assert refused.value.code is expected


def test_what_was_observed_is_measured_as_if_at_once(engine: FaceEngine) -> None:
    data = jpeg(portrait())
    (seen,) = look(engine, data, Want.OBSERVE).faces
    told, whole = look(engine, data, Want.embed(seen)), look(engine, data, Want.VECTOR)
    assert (told.vector == whole.vector).all()
    assert told.model == whole.model


def test_a_dark_face_can_be_measured_too(engine: FaceEngine) -> None:
    """Whether it is good enough is the asker's business."""
    data = png(darkened(portrait(), 0.15))
    (seen,) = look(engine, data, Want.OBSERVE).faces
    assert look(engine, data, Want.embed(seen)).vector.shape == (128,)


def test_light_does_not_change_how_sharp_a_face_is(engine: FaceEngine) -> None:
    sharp = quality_of(engine, png(portrait())).sharpness
    dim = quality_of(engine, png(darkened(portrait(), 0.5))).sharpness
    assert dim == pytest.approx(sharp, rel=0.2)


def face(*, score: float = 1.0, sure: bool = True, box: Box | None = None, eyes: float = 40) -> Face:
    """Straight ahead at 100, 100."""
    points = np.array([(100 - eyes, 90), (100 + eyes, 90), (100, 120), (80, 140), (120, 140)], np.float32)
    return Face(box or Box(50, 50, 150, 150), points, score, sure, Order.YUNET)


def test_a_second_find_that_is_not_sure_is_passed_over() -> None:
    best, wall = face(score=2), face(score=0.1, sure=False)
    assert only_face([best, wall]) is best
    assert only_face([wall]) is wall
    with pytest.raises(FaceRefused):
        only_face([best, face()])


@pytest.mark.parametrize("box", [Box(-500, -500, -400, -400), Box(700, 10, 800, 110), Box(10, 10, 10, 200)])
def test_a_face_outside_the_picture_is_none(box: Box) -> None:
    with pytest.raises(FaceRefused) as refused:
        measured(array(astronaut()), face(box=box))
    assert refused.value.code is FaceCode.FACE_NONE


def test_a_face_half_outside_is_judged_by_its_rest() -> None:
    assert measured(array(astronaut()), face(box=Box(-50, -50, 60, 60))).light > 0


def test_eyes_in_one_place_are_no_face() -> None:
    with pytest.raises(FaceRefused) as refused:
        measured(array(astronaut()), face(eyes=0))
    assert refused.value.code is FaceCode.FACE_NONE


def test_a_picture_that_cannot_be_opened_never_reaches_the_engine(engine: FaceEngine) -> None:
    with pytest.raises(FaceRefused) as refused:
        look(engine, jpeg(astronaut())[:5000], Want.VECTOR)
    assert refused.value.code is FaceCode.PICTURE_BROKEN
