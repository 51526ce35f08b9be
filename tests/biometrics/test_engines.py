"""What every face engine keeps to: dlib's over a photograph, OpenCV's over two models made here."""

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from biometrics.engine.choice import Choice, chosen
from biometrics.engine.codes import EngineUnavailable
from biometrics.engine.dlib_engine import FACE_MODEL, POINT_MODEL, DlibEngine, models
from biometrics.engine.interface import FaceEngine, Order
from biometrics.engine.loading import load
from biometrics.engine.pictures import open_picture
from tests.biometrics import photographs, tiny_onnx

Picture = NDArray[Any]


@dataclass(frozen=True)
class Contract:
    """An engine, with pictures that it must tell apart."""

    engine: FaceEngine
    one: Picture
    again: Picture  # the same person in another picture
    two: Picture
    nobody: Picture
    other: Callable[[], Picture]


def onnx_choice(folder: Path) -> Choice:
    """As an operator gives it."""
    files = tiny_onnx.written(folder)
    (finds, finds_hash), (measures, measures_hash) = files.detector, files.recogniser
    return Choice("onnx", str(finds), finds_hash, str(measures), measures_hash)


def with_dlib() -> Contract:
    """A photograph; the other person is LFW's."""
    face = photographs.portrait(300)
    beside = face.resize((600, 300))
    beside.paste(face, (0, 0))
    beside.paste(face, (300, 0))

    def other() -> Picture:
        return open_picture(photographs.lfw("Tom_Harkin", 1))

    return Contract(
        load(Choice()),
        photographs.array(photographs.astronaut()),
        photographs.array(face.rotate(8)),
        photographs.array(beside),
        np.full((480, 640, 3), 128, np.uint8),
        other,
    )


def with_onnx(folder: Path) -> Contract:
    """Squares."""
    scene = tiny_onnx.scene
    two, nobody = scene(1, 2), scene()
    return Contract(
        load(onnx_choice(folder)), scene(1), scene(1, at=2, noise=5), two, nobody, lambda: scene(2)
    )


@pytest.fixture(scope="module", params=["dlib", "onnx"])
def contract(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return with_dlib() if request.param == "dlib" else with_onnx(tmp_path_factory.mktemp("onnx"))


def test_a_model_has_a_name_a_version_and_a_size(contract: Contract) -> None:
    model = contract.engine.model
    assert model.name
    assert len(model.version) == 16
    assert model.dimensions == 128


def test_faces_are_counted(contract: Contract) -> None:
    find = contract.engine.detect
    counted = [
        len(find(picture)) for picture in (contract.one, contract.again, contract.two, contract.nobody)
    ]
    assert counted == [1, 1, 2, 0]


def test_a_face_has_a_place_and_five_points(contract: Contract) -> None:
    (face,) = contract.engine.detect(contract.one)
    height, width = contract.one.shape[:2]
    assert face.landmarks.dtype == np.float32
    assert face.landmarks.shape == (5, 2)
    assert 0 <= face.box.left < face.box.right <= width
    assert 0 <= face.box.top < face.box.bottom <= height
    assert ((face.landmarks > 0) & (face.landmarks < (width, height))).all()
    (left, right), nose = face.eyes, face.nose
    assert left[0] < nose[0] < right[0]
    assert nose[1] > max(left[1], right[1])
    assert abs(face.turn) < 0.1
    assert face.sure


def test_a_mirrored_face_turns_the_other_way(contract: Contract) -> None:
    """The picture's left stays the left, whoever's eye is there."""
    (face,) = contract.engine.detect(contract.one)
    moved = face.landmarks.copy()
    moved[face.order.value[2]] += (20, 0)
    assert replace(face, landmarks=moved).turn > face.turn + 0.1
    moved[:, 0] = contract.one.shape[1] - moved[:, 0]
    left, right = face.order.value[0], face.order.value[1]
    moved[[*left, *right]] = moved[[*right, *left]]
    assert replace(face, landmarks=moved).turn < -0.1


def test_the_surest_face_comes_first(contract: Contract) -> None:
    scores = [face.score for face in contract.engine.detect(contract.two)]
    assert scores == sorted(scores, reverse=True)


def test_a_vector_has_length_one_and_is_the_same_again(contract: Contract) -> None:
    engine = contract.engine
    (face,) = engine.detect(contract.one)
    vector = engine.embed(contract.one, face)
    assert vector.dtype == np.float32
    assert vector.shape == (engine.model.dimensions,)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5
    assert (vector == engine.embed(contract.one, face)).all()


def test_the_same_person_is_near(contract: Contract) -> None:
    engine = contract.engine
    (face,), (again,) = engine.detect(contract.one), engine.detect(contract.again)
    one, two = engine.embed(contract.one, face), engine.embed(contract.again, again)
    assert engine.compare(one, one) == pytest.approx(0, abs=1e-6)
    assert 0 < engine.compare(one, two) == engine.compare(two, one) < 0.02


def test_another_person_is_further(contract: Contract) -> None:
    engine, other = contract.engine, contract.other()
    (face,), (stranger,) = engine.detect(contract.one), engine.detect(other)
    (again,) = engine.detect(contract.again)
    one = engine.embed(contract.one, face)
    near = engine.compare(one, engine.embed(contract.again, again))
    assert engine.compare(one, engine.embed(other, stranger)) > 2 * near


def test_opposite_vectors_are_two_apart(contract: Contract) -> None:
    engine = contract.engine
    (face,) = engine.detect(contract.one)
    vector = engine.embed(contract.one, face)
    assert engine.compare(vector, -vector) == pytest.approx(2)
    for wrong in (vector[:64], vector * 2, np.zeros_like(vector), np.full_like(vector, np.nan)):
        with pytest.raises(ValueError):
            engine.compare(vector, wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(contract: Contract, wrong: Picture) -> None:
    with pytest.raises(ValueError):
        contract.engine.detect(wrong)


def test_a_tiny_picture_shows_nobody(contract: Contract) -> None:
    assert contract.engine.detect(np.zeros((1, 1, 3), np.uint8)) == []


def test_a_face_of_another_engine_is_not_measured(contract: Contract) -> None:
    (face,) = contract.engine.detect(contract.one)
    other = Order.YUNET if face.order is Order.DLIB else Order.DLIB
    with pytest.raises(ValueError, match="another engine"):
        contract.engine.embed(contract.one, replace(face, order=other))


def test_a_model_file_with_another_hash_is_not_loaded(tmp_path: Path) -> None:
    good = onnx_choice(tmp_path)
    for name in ("detector_sha256", "recogniser_sha256"):
        with pytest.raises(EngineUnavailable, match="its SHA-256 is"):
            load(replace(good, **{name: "0" * 64}))
    Path(good.recogniser).write_bytes(Path(good.recogniser).read_bytes() + b"\0")
    with pytest.raises(EngineUnavailable, match=r"recogniser\.onnx: its SHA-256"):
        load(good)


def test_a_model_file_that_is_none_is_told(tmp_path: Path) -> None:
    good = onnx_choice(tmp_path)
    Path(good.detector).write_bytes(b"no model")
    with pytest.raises(EngineUnavailable, match="OpenCV cannot use"):
        load(replace(good, detector_sha256=hashlib.sha256(b"no model").hexdigest()))
    with pytest.raises(EngineUnavailable, match="No such file"):
        load(replace(good, detector=str(tmp_path / "gone.onnx")))


def test_other_models_are_another_version(tmp_path: Path) -> None:
    version = load(onnx_choice(tmp_path)).model.version
    data = tiny_onnx.recogniser().replace(b"turned", b"turnee")
    path = tmp_path / "recogniser.onnx"
    path.write_bytes(data)
    good = Choice("onnx", *_pair(tmp_path / "detector.onnx"), *_pair(path))
    assert load(good).model.version != version


def _pair(path: Path) -> tuple[str, str]:
    return str(path), hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_choice_is_whole_or_none() -> None:
    assert chosen(Choice().as_dict()) == Choice()
    for wrong in ({"kind": "cloud"}, {"kind": "onnx"}, {"kind": "onnx", "detector": "a", "recogniser": "b"}):
        with pytest.raises(ValueError):
            Choice(**wrong)


def test_without_opencv_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = onnx_choice(tmp_path)
    monkeypatch.setitem(sys.modules, "cv2", None)
    monkeypatch.delitem(sys.modules, "biometrics.engine.onnx_engine", raising=False)
    with pytest.raises(EngineUnavailable, match=r"cv2.*install opencv-python-headless"):
        load(good)


def test_dlib_without_its_models_says_so(tmp_path: Path) -> None:
    """The library behind it would end the process."""
    with pytest.raises(EngineUnavailable, match="No such file"):
        DlibEngine(tmp_path)
    (tmp_path / POINT_MODEL[0]).write_bytes((models() / POINT_MODEL[0]).read_bytes())
    (tmp_path / FACE_MODEL[0]).write_bytes(b"something else")
    with pytest.raises(EngineUnavailable, match="its SHA-256 is"):
        DlibEngine(tmp_path)
