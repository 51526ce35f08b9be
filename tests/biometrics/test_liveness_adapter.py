"""From a picture to an observation: what is measured, and what an engine must be."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pytest
from PIL import Image

from bench.in_process import InProcess
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, Model, Order, Rgb, Vector
from biometrics.engine.quality import Quality
from biometrics.engine.sight import thumbnail
from biometrics.liveness.adapter import Arrived
from biometrics.liveness.observations import Observation, readable
from biometrics.watching import watch
from tests.biometrics.photographs import png

POINTS = np.array([(120, 60), (108, 60), (80, 60), (92, 60), (100, 85)], dtype=np.float32)
MODEL = Model("told", "1", 128)


def face(*, sure: bool = True, order: Order = Order.DLIB, score: float = 1.0) -> Face:
    return Face(Box(60, 30, 140, 110), POINTS, score, sure, order)


@dataclass
class Told:
    """An engine that finds what it is told to."""

    faces: list[Face]
    embedded: list[Face] = field(default_factory=list)
    model: Model = MODEL

    def detect(self, rgb: Rgb) -> list[Face]:
        return self.faces

    def embed(self, rgb: Rgb, face: Face) -> Vector:
        self.embedded.append(face)
        return np.ones(128, dtype=np.float32) / np.float32(np.sqrt(128))

    def compare(self, a: Vector, b: Vector) -> float:
        raise AssertionError("nobody asks")


def picture() -> Rgb:
    """A red face before a green wall, over a blue body."""
    rgb = np.zeros((160, 200, 3), dtype=np.uint8)
    rgb[..., 1] = 100
    rgb[110:] = (0, 0, 200)
    rgb[30:110, 60:140] = (150, 0, 0)
    return rgb


def came(picture: Rgb) -> Arrived:
    return Arrived(png(Image.fromarray(picture)), 3, 101.5)


def observed(engine: Told, *, embed: bool = True) -> Observation:
    return watch(InProcess(engine), came(picture()), lambda seen, quality: embed).observation


def test_what_is_measured() -> None:
    engine = Told([face()])
    seen = observed(engine)
    assert readable(seen)
    assert (seen.sequence, seen.arrived_at, seen.width) == (3, 101.5, 200)
    assert seen.digest == hashlib.sha256(came(picture()).raw).digest()
    assert seen.face_colour == (150.0, 0.0, 0.0)
    assert seen.ground_colour == (0.0, 100.0, 0.0)
    assert seen.faces[0].box == (60.0, 30.0, 140.0, 110.0)
    assert np.array_equal(seen.faces[0].landmarks, POINTS)
    assert seen.embedding is not None
    assert len(engine.embedded) == 1


@pytest.mark.parametrize("faces", [[], [face(), face()], [face()]], ids=["none", "two", "unwanted"])
def test_nothing_is_embedded_without_need(faces: list[Face]) -> None:
    engine = Told(faces)
    wanted = len(faces) != 1
    seen = observed(engine, embed=wanted)
    assert seen.embedding is None
    assert engine.embedded == []
    assert len(seen.faces) == len(faces)
    assert readable(seen)


def test_doubtful_finds_count_only_where_no_sure_one_is() -> None:
    doubtful = face(sure=False, score=0.2)
    assert len(observed(Told([face(), doubtful])).faces) == 1
    assert len(observed(Told([doubtful, doubtful])).faces) == 1
    assert len(observed(Told([face(), face()])).faces) == 2


def test_an_engine_with_other_points_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(FaceRefused) as refused:
        observed(Told([face(order=Order.YUNET)]))
    assert refused.value.code is FaceCode.FACE_UNAVAILABLE
    assert "dlib's five points" in caplog.text


def test_who_wants_is_shown_what_was_seen() -> None:
    shown: list[tuple[Observation, Quality | None]] = []

    def wants(seen: Observation, quality: Quality | None) -> bool:
        shown.append((seen, quality))
        return True

    seen = watch(InProcess(Told([face()])), came(picture()), wants)
    ((observation, quality),) = shown
    assert observation.embedding is None
    assert observation.digest == seen.observation.digest
    assert quality is not None
    assert (quality, quality.side) == (seen.quality, 80)
    assert seen.model == MODEL


@pytest.mark.parametrize("box", [(-40, -30, 40, 50), (150, 100, 260, 210), (0, 0, 200, 160)])
def test_a_face_at_the_edge_is_measured_as_far_as_it_is_there(box: tuple[int, int, int, int]) -> None:
    one = Face(Box(*box), POINTS, 1.0, True, Order.DLIB)
    assert readable(observed(Told([one])))


def test_a_thumbnail_is_means_of_cells() -> None:
    rgb = np.zeros((160, 170, 3), dtype=np.uint8)
    rgb[:, 80:] = 200
    small = thumbnail(rgb)
    assert small.shape == (16, 17)
    assert (small[:, :8] == 0).all()
    assert (small[:, 8:] == 200).all()


@pytest.mark.parametrize("shape", [(16, 17, 3), (33, 35, 3), (480, 640, 3), (1, 1, 3)])
def test_every_size_gives_a_thumbnail(shape: tuple[int, int, int]) -> None:
    assert thumbnail(np.full(shape, 90, dtype=np.uint8)).shape == (16, 17)
