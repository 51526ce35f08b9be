"""What is known of one frame: measured values, and a thumbnail that never leaves the process."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from biometrics.engine.sight import THUMBNAIL_COLUMNS, THUMBNAIL_ROWS, Grey

Floats = npt.NDArray[np.float64]

DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in a frame, in pixels of the picture as the camera took it, not mirrored.

    `box`: left, top, right, bottom. `landmarks`: (5, 2) in dlib's order: outer and inner corner of the eye on
    the picture's right, outer and inner corner of the one on its left, base of the nose.
    """

    box: tuple[float, float, float, float]
    landmarks: Floats


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame. `arrived_at` is the server's clock in seconds; colours are means of RGB, 0 to 255."""

    sequence: int
    arrived_at: float
    digest: bytes  # SHA-256 of the frame as it came
    width: int  # of the picture
    thumbnail: Grey = field(repr=False)  # (16, 17)
    faces: tuple[SeenFace, ...]
    face_colour: tuple[float, float, float]
    ground_colour: tuple[float, float, float]
    embedding: Floats | None = field(default=None, repr=False)  # a unit vector
    laid: Floats | None = field(default=None, repr=False)  # of the face laid back, where asked for


def readable(seen: Observation) -> bool:
    """Whether shapes and numbers are such as a picture gives. Others are refused before they are used."""
    numbers = [
        np.asarray(seen.face_colour),
        np.asarray(seen.ground_colour),
        *(face.landmarks for face in seen.faces),
        *(np.asarray(face.box) for face in seen.faces),
        *_vectors(seen),
    ]
    return (
        seen.thumbnail.shape == (THUMBNAIL_ROWS, THUMBNAIL_COLUMNS)
        and len(seen.digest) == DIGEST_BYTES
        and seen.width > 0
        and all(bool(np.all(np.isfinite(value))) for value in numbers)
        and all(face.landmarks.shape == (5, 2) and has_extent(face) for face in seen.faces)
        and all(abs(float(np.linalg.norm(vector)) - 1) < 1e-3 for vector in _vectors(seen))
    )


def _vectors(seen: Observation) -> list[Floats]:
    return [vector for vector in (seen.embedding, seen.laid) if vector is not None]


def has_extent(face: SeenFace) -> bool:
    """Whether box and eyes have a size that can be divided by."""
    left, top, right, bottom = face.box
    eyes = face.landmarks[0] - face.landmarks[2]
    return right - left >= 1 and bottom - top >= 1 and float(np.hypot(*eyes)) >= 1
