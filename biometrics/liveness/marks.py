"""Whether a frame was seen before, told without keeping it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from biometrics.liveness.observations import Observation, SeenFace

SHORT_DIGEST_BYTES: Final = 16
MARK_BITS: Final = 256
NEAR_BITS: Final = 20  # of 256 may differ; encoded anew up to 11 do, unrelated pictures differ in some 128
# Of the eyes' distance: how far a point may lie from where it lay. The same frame encoded anew has its points
# within two pixels or so of whole ones. Within a session a person comes back to nearly the same place.
NEAR_SHARE: Final = 0.022
NEAR_SHARE_WITHIN: Final = 0.012


@dataclass(frozen=True, slots=True)
class Mark:
    """What stays of a frame that counted: 256 signs of grey differences, and where the five points lay.

    No picture can be made of it again. `points`: ten coordinates as shares of the picture's width.
    """

    bits: bytes
    points: tuple[float, ...]


def short_digest(seen: Observation) -> bytes:
    """Which frame it was, byte for byte."""
    return hashlib.sha256(seen.digest).digest()[:SHORT_DIGEST_BYTES]


def mark_of(seen: Observation, face: SeenFace) -> Mark:
    """The mark of a frame with this face (difference hash: each cell brighter than its left neighbour?)."""
    grey = seen.thumbnail.astype(np.int16)
    bits = np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes()
    points = np.asarray(face.landmarks, dtype=np.float64).ravel() / seen.width
    return Mark(bits, tuple(round(float(value), 6) for value in points))


def seen_before(mark: Mark, earlier: Iterable[Mark], share: float = NEAR_SHARE) -> bool:
    """Whether a mark is that of an earlier frame, or of one that was only encoded anew."""
    return any(_near(mark, other, share) for other in earlier)


def _near(one: Mark, other: Mark, share: float) -> bool:
    differing = (int.from_bytes(one.bits, "big") ^ int.from_bytes(other.bits, "big")).bit_count()
    if differing > NEAR_BITS:
        return False
    a, b = np.reshape(one.points, (5, 2)), np.reshape(other.points, (5, 2))
    eyes = float(np.hypot(*(a[0] - a[2])))
    return float(np.max(np.hypot(*(a - b).T))) <= share * eyes
