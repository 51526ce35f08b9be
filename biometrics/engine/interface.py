"""What a face engine is: it finds faces, measures one, and says how far two measures lie apart."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]  # H x W x 3, red green blue
Points = NDArray[np.float32]  # N x 2, x y in pixels
Vector = NDArray[np.float32]  # of length 1

POINTS: Final = 5


class Order(Enum):
    """Which of the five points is what; left and right are the picture's."""

    DLIB = ((2, 3), (0, 1), 4)  # corners of the left eye, corners of the right eye, under the nose
    YUNET = ((0,), (1,), 2)  # left eye, right eye, tip of the nose


@dataclass(frozen=True, slots=True)
class Model:
    """What a vector was made by: vectors of two models cannot be compared."""

    name: str
    version: str  # from the hashes of its files
    dimensions: int


@dataclass(frozen=True, slots=True)
class Box:
    """Where a face is, in pixels; may reach beyond the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def side(self) -> float:
        """The shorter one."""
        return min(self.right - self.left, self.bottom - self.top)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face that was found. `landmarks` is float32 (5, 2), in the engine's own order."""

    box: Box
    landmarks: Points
    score: float  # higher is surer; the scale is the engine's own
    sure: bool  # whether it scored more than what is no face was ever seen to
    order: Order

    @property
    def eyes(self) -> Points:
        """Their centres, (2, 2): the one on the picture's left first."""
        left, right, _ = self.order.value
        return np.stack([self.landmarks[list(left)].mean(axis=0), self.landmarks[list(right)].mean(axis=0)])

    @property
    def nose(self) -> Points:
        """Its point, (2,)."""
        nose: Points = self.landmarks[self.order.value[2]]
        return nose

    @property
    def turn(self) -> float:
        """How far the nose lies from between the eyes, along their line and as a part of their distance.

        0 looks straight ahead, positive to the picture's right. Raises ValueError where both eyes are in one
        place.
        """
        left, right = self.eyes.astype(np.float64)
        across = right - left
        length = float(across @ across)
        if not length > 0:
            raise ValueError("both eyes are in one place")
        return float((self.nose.astype(np.float64) - left) @ across) / length - 0.5


class FaceEngine(Protocol):
    """Not for more than one thread."""

    @property
    def model(self) -> Model:
        """What its vectors are made by."""
        ...

    def detect(self, rgb: Rgb) -> list[Face]:
        """All faces of a picture, the surest first. Raises ValueError for what is no picture."""
        ...

    def embed(self, rgb: Rgb, face: Face) -> Vector:
        """The measure of a face that `detect` found in this very picture, of length 1.

        Raises ValueError where it cannot be measured.
        """
        ...

    def compare(self, a: Vector, b: Vector) -> float:
        """The cosine distance of two measures."""
        ...


def checked(rgb: Rgb) -> Rgb:
    """The picture in one piece. Raises ValueError for any other array."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise ValueError("a picture is uint8, H x W x 3")
    return np.ascontiguousarray(rgb)


def unit(values: NDArray[Any]) -> Vector:
    """Those values at length 1, float32. Raises ValueError where they have no direction or are no numbers."""
    wide = np.asarray(values, dtype=np.float64).reshape(-1)
    length = float(np.linalg.norm(wide))
    if not np.isfinite(length) or length < 1e-9:
        raise ValueError("these values have no direction")
    return (wide / length).astype(np.float32)


def cosine_distance(a: Vector, b: Vector) -> float:
    """1 minus the cosine of two vectors of length 1: 0 the same, 1 at right angles, 2 opposite.

    Raises ValueError for vectors of two sizes, or of another length than 1.
    """
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("these vectors are of two sizes")
    wide_a, wide_b = a.astype(np.float64), b.astype(np.float64)
    if not all(abs(float(one @ one) - 1) < 1e-4 for one in (wide_a, wide_b)):
        raise ValueError("a vector must have length 1")
    return min(2.0, max(0.0, 1 - float(wide_a @ wide_b)))
