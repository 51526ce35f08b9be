"""A face laid back: what a slant or a bend did to a sheet is undone, and what no face has is refused."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from biometrics.engine import wire
from biometrics.engine.dlib_engine import DlibEngine
from biometrics.engine.interface import Box, Face, Order, Rgb, cosine_distance
from biometrics.engine.laying import EYES, LEFT, TOP, laid_back, shape_of
from biometrics.engine.looking import Want, look
from tests.biometrics.photographs import array, jpeg, png, portrait

POINTS = np.array([(240, 150), (200, 152), (120, 150), (160, 152), (180, 210)], dtype=np.float32)
FACE = Face(Box(90, 90, 270, 270), POINTS, 2.0, True, Order.DLIB)
SHAPE = shape_of(POINTS).astype(np.float32)


Spots = NDArray[np.float32]


def bent(picture: Rgb, points: Spots, bend: float, slant: float) -> tuple[Rgb, Spots]:
    """The picture on a sheet that is squeezed, slanted and bent, and where its points come to lie."""
    rows, columns = picture.shape[:2]
    size = float(points[0, 0] - points[2, 0])
    middle = (points[0] + points[2]).astype(np.float64) / 2

    def moved(places: NDArray[np.float64]) -> NDArray[np.float64]:
        u, v = (places[..., 0] - middle[0]) / size, (places[..., 1] - middle[1]) / size
        across, down = 0.8 * u + slant * v - bend * u * u, v - 0.1 * u
        placed: NDArray[np.float64] = np.stack([across, down], axis=-1) * size + middle
        return placed

    there = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).astype(np.float64)
    back = there.copy()
    for _ in range(60):
        back = np.clip(back + there - moved(back), 0, columns - 1)  # what lies over the fold is lost
    x, y = np.rint(back[..., 0]).astype(int), np.rint(back[..., 1]).astype(int)
    return picture[y, x], moved(points.astype(np.float64)).astype(np.float32)


def smooth() -> Rgb:
    """Something to see everywhere."""
    rough = np.random.default_rng(2).integers(0, 256, (24, 24, 3)).astype(np.uint8)
    return array(Image.fromarray(rough).resize((360, 360), Image.Resampling.BICUBIC))


def apart(one: Rgb, other: Rgb) -> float:
    """Mean difference in the middle, in grey levels."""
    inner = (slice(60, 200), slice(60, 180))
    return float(np.mean(np.abs(one[inner].astype(int) - other[inner].astype(int))))


def test_the_shape_of_five_points() -> None:
    assert SHAPE[[0, 2]] == pytest.approx(np.array([(0.5, 0), (-0.5, 0)]))
    assert SHAPE[4] == pytest.approx((0, 0.5))
    turned = POINTS @ np.array([(0.6, 0.8), (-0.8, 0.6)], dtype=np.float32) * 2 + 7
    assert shape_of(turned) == pytest.approx(SHAPE, abs=1e-5)
    with pytest.raises(ValueError, match="one place"):
        shape_of(np.zeros((5, 2)))


@pytest.mark.parametrize(("bend", "slant"), [(0.0, 0.0), (0.0, 0.35), (0.2, 0.0), (0.2, 0.35), (-0.2, -0.2)])
def test_a_sheet_shows_its_first_picture_again(bend: float, slant: float) -> None:
    picture = smooth()
    sheet, points = bent(picture, POINTS, bend, slant)
    first, _ = laid_back(picture, FACE, SHAPE)
    again, face = laid_back(sheet, replace(FACE, landmarks=points), SHAPE)
    assert apart(first, again) < 8
    assert apart(first, laid_back(sheet, FACE, SHAPE)[0]) > 20
    assert face.landmarks == pytest.approx((SHAPE - (LEFT, TOP)) * EYES)


@pytest.mark.parametrize(
    ("face", "shape"),
    [
        (replace(FACE, order=Order.YUNET), SHAPE),
        (FACE, SHAPE[:4]),
        (FACE, SHAPE * 9),
        (FACE, SHAPE * np.nan),
        (FACE, SHAPE * (1, 0)),
    ],
    ids=["order", "four", "far", "nan", "line"],
)
def test_what_no_face_has(face: Face, shape: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="these points"):
        laid_back(smooth(), face, shape)


def test_a_slanted_photograph_is_measured_nearer_when_it_is_laid_back() -> None:
    engine, picture = DlibEngine(), array(portrait())
    (face,) = engine.detect(picture)
    sheet, _ = bent(picture, face.landmarks, 0.1, 0.25)
    data = png(Image.fromarray(sheet))
    (found,) = look(engine, data, Want.OBSERVE).faces
    shape = shape_of(face.landmarks).astype(np.float32)
    told = look(engine, data, Want.embed(found, shape))
    first = engine.embed(picture, face)
    assert told.laid is not None
    assert cosine_distance(first, told.laid) < 0.6 * cosine_distance(first, told.vector)
    assert look(engine, data, Want.embed(found)).laid is None
    assert look(engine, jpeg(portrait()), Want.embed(face, shape * (1, 0))).laid is None


def test_the_shape_that_is_asked_for_is_heard() -> None:
    _, heard = wire.asked(wire.pack_asked(b"frame", Want.embed(FACE, SHAPE)))
    assert heard.shape is not None
    assert (heard.shape == SHAPE).all()
    assert wire.asked(wire.pack_asked(b"frame", Want.embed(FACE)))[1].shape is None
