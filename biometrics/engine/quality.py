"""Whether a frame is fit to be measured: one face, large, lit, sharp, looking ahead.

The bounds let all of 80 photographs of an LFW subset pass but for the turned ones (2026-11-26,
docs/biometrics.md); what they mean for a door's camera has not been measured.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Face, Rgb

LEAST_SIDE: Final = 80.0  # pixels of a face's box
LEAST_LIGHT: Final = 40.0  # of 255, the mean over the face
LEAST_SHARPNESS: Final = 0.007  # see Quality
MOST_TURN: Final = 0.35  # see Face.turn
_LOOKED_AT: Final = 112  # pixels: a face is brought to this side, so that its size does not count twice


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured over the face's box."""

    side: float  # pixels
    light: float  # mean of 0 to 255
    sharpness: float  # variance of the Laplacian over the variance: does not change with light or contrast
    turn: float  # see Face.turn

    @property
    def fault(self) -> FaceCode | None:
        """The first thing that is wrong, in the order in which a person would mend it."""
        if self.side < LEAST_SIDE:
            return FaceCode.FACE_SMALL
        if self.light < LEAST_LIGHT:
            return FaceCode.FACE_DARK
        if self.sharpness < LEAST_SHARPNESS:
            return FaceCode.FACE_BLURRED
        if abs(self.turn) > MOST_TURN:
            return FaceCode.FACE_TURNED
        return None


def only_face(faces: list[Face]) -> Face:
    """The one face, of `detect`. Raises FaceRefused for none and for several.

    A second find that is not sure is a wall more often than a person: it is passed over.
    """
    if not faces:
        raise FaceRefused(FaceCode.FACE_NONE)
    if sum(face.sure for face in faces) > 1:
        raise FaceRefused(FaceCode.FACE_SEVERAL)
    return faces[0]


def measured(rgb: Rgb, face: Face) -> Quality:
    """How the face stands in this picture. Raises FaceRefused where it is not in it or has no shape."""
    height, width = rgb.shape[:2]
    left, right = (min(max(round(edge), 0), width) for edge in (face.box.left, face.box.right))
    top, bottom = (min(max(round(edge), 0), height) for edge in (face.box.top, face.box.bottom))
    if right - left < 2 or bottom - top < 2:
        raise FaceRefused(FaceCode.FACE_NONE)
    cut = Image.fromarray(rgb[top:bottom, left:right]).convert("L")
    grey = np.asarray(cut.resize((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BILINEAR), dtype=np.float64)
    try:
        turn = face.turn
    except ValueError:
        raise FaceRefused(FaceCode.FACE_NONE) from None
    return Quality(face.box.side, float(grey.mean()), _sharpness(grey), turn)


def _sharpness(grey: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    inner = grey[1:-1, 1:-1]
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return float(edges.var() / max(float(grey.var()), 1.0))
