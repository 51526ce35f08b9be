"""YuNet and SFace through OpenCV's own classes, from model files that an operator gives with their hashes.

OpenCV is no part of what set-up installs: docs/biometrics.md says how an operator adds it. Sources of the
models: github.com/opencv/opencv_zoo (YuNet MIT, SFace Apache 2.0).
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from biometrics.engine.choice import MODEL_NAMES, ONNX
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

NAME: Final = MODEL_NAMES[ONNX]
SURE: Final = 0.9  # of 1; below it is no face. OpenCV's own default
OVERLAP: Final = 0.3  # of two boxes that are one face
MOST_FACES: Final = 50
CHIP: Final = 112  # pixels of a side, what SFace looks at
LENGTH_OF_ROW: Final = 15  # x, y, width, height, five points, score


class OnnxEngine:
    """See FaceEngine. The bytes that were hashed are the ones that are loaded."""

    def __init__(self, detector: tuple[Path, str], recogniser: tuple[Path, str]) -> None:
        cv2.setNumThreads(1)  # the pool has a process per core
        finds, measures = (np.frombuffer(read_model(*one), dtype=np.uint8) for one in (detector, recogniser))
        nothing = np.empty(0, dtype=np.uint8)
        try:
            self._find = cv2.FaceDetectorYN.create(
                "onnx", finds, nothing, (320, 320), SURE, OVERLAP, MOST_FACES
            )
            self._measure = cv2.FaceRecognizerSF.create("onnx", measures, nothing)
            dimensions = self._measure.feature(np.zeros((CHIP, CHIP, 3), np.uint8)).size
            self._rows(np.zeros((320, 320, 3), np.uint8))
        except cv2.error as error:
            raise EngineUnavailable(f"OpenCV cannot use these model files: {error.err}") from None
        self.model: Final = Model(NAME, version_of(detector[1], recogniser[1]), int(dimensions))

    def _rows(self, bgr: Rgb) -> list[Vector]:
        height, width = bgr.shape[:2]
        self._find.setInputSize((width, height))
        _, rows = self._find.detect(bgr)
        return [] if rows is None else [np.asarray(row, dtype=np.float32) for row in rows]

    def detect(self, rgb: Rgb) -> list[Face]:
        """See FaceEngine."""
        try:
            rows = self._rows(np.ascontiguousarray(checked(rgb)[:, :, ::-1]))
        except cv2.error as error:
            raise ValueError(f"OpenCV cannot look at this picture: {error.err}") from None
        faces = [_face(row) for row in rows if np.isfinite(row).all()]
        return sorted(faces, key=lambda face: -face.score)

    def embed(self, rgb: Rgb, face: Face) -> Vector:
        """See FaceEngine."""
        if face.order is not Order.YUNET or face.landmarks.shape != (POINTS, 2):
            raise ValueError("this face was found by another engine")
        row = np.zeros((1, LENGTH_OF_ROW), dtype=np.float32)
        row[0, :4] = (
            face.box.left,
            face.box.top,
            face.box.right - face.box.left,
            face.box.bottom - face.box.top,
        )
        row[0, 4:14] = face.landmarks.reshape(-1)
        row[0, 14] = face.score
        try:
            chip = self._measure.alignCrop(np.ascontiguousarray(checked(rgb)[:, :, ::-1]), row)
            return unit(self._measure.feature(chip))
        except cv2.error as error:
            raise ValueError(f"OpenCV cannot measure this face: {error.err}") from None

    def compare(self, a: Vector, b: Vector) -> float:
        """See FaceEngine."""
        return cosine_distance(a, b)


def _face(row: Vector) -> Face:
    left, top, width, height = (float(value) for value in row[:4])
    box = Box(left, top, left + width, top + height)
    return Face(box, row[4:14].reshape(POINTS, 2).copy(), float(row[14]), True, Order.YUNET)
