"""dlib: the HOG detector without upsampling, the 5-point model, the ResNet of 128 numbers with one jitter.

The models are those of `face_recognition_models`, found without importing it (it needs pkg_resources).
Measured: 640 x 480, one core: docs/biometrics.md. Models: github.com/davisking/dlib-models, CC0.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import dlib
import numpy as np

from biometrics.engine.choice import DLIB, MODEL_NAMES
from biometrics.engine.codes import EngineUnavailable
from biometrics.engine.files import read_model, version_of
from biometrics.engine.interface import (
    POINTS,
    Box,
    Face,
    Model,
    Order,
    Rgb,
    Vector,
    checked,
    cosine_distance,
    unit,
)

POINT_MODEL: Final = (
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
FACE_MODEL: Final = (
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
NAME: Final = MODEL_NAMES[DLIB]
UPSAMPLING, JITTERS = 0, 1
# The strongest find that was no face scored 0.31, the weakest of 80 true ones 0.16, 95 in 100 above 0.8.
SURE: Final = 0.5


def models() -> Path:
    """The folder of the models. Raises EngineUnavailable where they are not installed."""
    spec = find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise EngineUnavailable("face_recognition_models is not installed: run `make setup`")
    return Path(spec.submodule_search_locations[0]) / "models"


class DlibEngine:
    """See FaceEngine. Loads 31 MB; the embedding holds the GIL."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or models()
        for name, sha256 in (POINT_MODEL, FACE_MODEL):
            read_model(folder / name, sha256)
        self._find = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(os.fspath(folder / POINT_MODEL[0]))
        self._measure = dlib.face_recognition_model_v1(os.fspath(folder / FACE_MODEL[0]))
        self.model: Final = Model(NAME, version_of(POINT_MODEL[1], FACE_MODEL[1]), 128)

    def detect(self, rgb: Rgb) -> list[Face]:
        """See FaceEngine. A face of less than some 75 pixels is not found."""
        picture = checked(rgb)
        boxes, scores, _ = self._find.run(picture, UPSAMPLING, 0.0)
        faces = [self._face(picture, box, score) for box, score in zip(boxes, scores, strict=True)]
        return sorted(faces, key=lambda face: -face.score)

    def _face(self, picture: Rgb, box: dlib.rectangle, score: float) -> Face:
        parts = self._points(picture, box).parts()
        points = np.array([(point.x, point.y) for point in parts], dtype=np.float32)
        edges = Box(box.left(), box.top(), box.right() + 1, box.bottom() + 1)
        return Face(edges, points, float(score), score >= SURE, Order.DLIB)

    def embed(self, rgb: Rgb, face: Face) -> Vector:
        """See FaceEngine. dlib's points are whole pixels, so nothing is lost by giving them back."""
        picture = checked(rgb)
        if face.order is not Order.DLIB or face.landmarks.shape != (POINTS, 2):
            raise ValueError("this face was found by another engine")
        edges = (
            round(edge) for edge in (face.box.left, face.box.top, face.box.right - 1, face.box.bottom - 1)
        )
        parts = [dlib.point(round(float(x)), round(float(y))) for x, y in face.landmarks]
        found = dlib.full_object_detection(dlib.rectangle(*edges), parts)
        return unit(np.array(self._measure.compute_face_descriptor(picture, found, JITTERS)))

    def compare(self, a: Vector, b: Vector) -> float:
        """See FaceEngine."""
        return cosine_distance(a, b)
