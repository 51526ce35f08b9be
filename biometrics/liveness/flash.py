"""Whether a face took the colours of the screen before it.

The face is near the screen and the ground behind it is not, so what counts is the face's colour less the
ground's: the camera's own exposure and white balance move both. A print that is held up with its own
background, or another screen, gives the face no colour that the ground has not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from biometrics.liveness.observations import Floats, Observation
from biometrics.liveness.steps import COLOURS

LEAST_CORRELATION: Final = 0.7
LEAST_CHANGE: Final = 1.0  # grey levels of 255, root mean square over colours and channels


@dataclass(frozen=True, slots=True)
class Reading:
    """The screen's colour, and that of the face less the ground's while it was shown."""

    shown: str
    lit: tuple[float, float, float]


def reading_of(seen: Observation, shown: str) -> Reading:
    """What a frame says of the colour that was shown."""
    red, green, blue = (a - b for a, b in zip(seen.face_colour, seen.ground_colour, strict=True))
    return Reading(shown, (red, green, blue))


def took_colours(readings: Sequence[Reading]) -> bool:
    """Whether the face's changes follow the drawn colours, and are more than noise."""
    if len(readings) < 3:
        return False
    _, change = strength(readings)
    return change >= LEAST_CHANGE and correlation(readings) >= LEAST_CORRELATION


def correlation(readings: Sequence[Reading]) -> float:
    """Of drawn and seen changes over all colours and channels, -1 to 1; 0 where nothing changed."""
    shown, lit = _changes(readings)
    scale = float(np.linalg.norm(shown) * np.linalg.norm(lit))
    return float(np.sum(shown * lit)) / scale if scale > 0 else 0.0


def strength(readings: Sequence[Reading]) -> tuple[float, float]:
    """Root mean square of the drawn and of the seen changes."""
    shown, lit = _changes(readings)
    return float(np.sqrt(np.mean(shown**2))), float(np.sqrt(np.mean(lit**2)))


def _changes(readings: Sequence[Reading]) -> tuple[Floats, Floats]:
    shown = np.array([COLOURS[one.shown] for one in readings], dtype=np.float64)
    lit = np.array([one.lit for one in readings], dtype=np.float64)
    return shown - shown.mean(axis=0), lit - lit.mean(axis=0)
