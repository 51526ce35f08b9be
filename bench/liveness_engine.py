"""The engine of the liveness bench: dlib's detector, five points and network, called directly."""

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from biometrics.liveness.adapter import Picture


class Order(Enum):
    DLIB = 0


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Face:
    box: Box
    landmarks: npt.NDArray[np.float32]
    found: Any
    order: Order = Order.DLIB


class Dlib:
    """Models are found beside `face_recognition_models`, which is not imported."""

    def __init__(self) -> None:
        dlib: Any = import_module("dlib")
        spec = find_spec("face_recognition_models")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("face_recognition_models is not installed")
        folder = Path(spec.submodule_search_locations[0]) / "models"
        self._detector = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(folder / "shape_predictor_5_face_landmarks.dat"))
        self._network = dlib.face_recognition_model_v1(
            str(folder / "dlib_face_recognition_resnet_model_v1.dat")
        )

    def detect(self, rgb: Picture) -> list[Face]:
        """All faces, without enlarging the picture."""
        return [self._face(rgb, one) for one in self._detector(rgb, 0)]

    def embed(self, rgb: Picture, face: Face) -> npt.NDArray[np.float32]:
        """(128,), of length 1."""
        vector = np.array(self._network.compute_face_descriptor(rgb, face.found), dtype=np.float64)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def _face(self, rgb: Picture, one: Any) -> Face:
        found = self._points(rgb, one)
        points = np.array([(part.x, part.y) for part in found.parts()], dtype=np.float32)
        return Face(Box(one.left(), one.top(), one.right(), one.bottom()), points, found)
