"""Whether a face took the colours of the screen before it, and what is behind it did not.

Changes are taken relative to a region's own brightness: a surface that the screen lights twice as strongly
changes twice as much, be it dark or bright. Of the changes only the hue counts: the box around a face goes in
coarse steps, and with it how much hair, ground and shade is in it, which moves all channels alike, as a
camera's exposure does. The face is near the screen; a wall behind takes a few hundredths
of its light. A print that is held up with its background takes the colours all over, another screen nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from biometrics.liveness.observations import Floats, Observation
from biometrics.liveness.steps import COLOURS

LEAST_CORRELATION: Final = 0.75
LEAST_CHANGE: Final = 0.008  # of the face's brightness, root mean square over colours and channels
MOST_GROUND: Final = 0.6  # how much of the face's gain the ground may have
DARKEST: Final = 8.0  # grey levels: below, a relative change means nothing

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """The screen's colour, and the colours of face and ground while it was shown (means of RGB, 0 to 255)."""

    shown: str
    face: Colour
    ground: Colour


def reading_of(seen: Observation, shown: str) -> Reading:
    """What a frame says of the colour that was shown."""
    return Reading(shown, seen.face_colour, seen.ground_colour)


def took_colours(readings: Sequence[Reading]) -> bool:
    """Whether the face's changes follow the drawn colours, are more than noise, and are the face's own."""
    if len(readings) < 3:
        return False
    lit = _relative([one.face for one in readings]) - _relative([one.ground for one in readings])
    if float(np.sqrt(np.mean(lit**2))) < LEAST_CHANGE or correlation(readings) < LEAST_CORRELATION:
        return False
    face, ground = gains(readings)
    return ground <= MOST_GROUND * face


def correlation(readings: Sequence[Reading]) -> float:
    """Of drawn and seen changes over all colours and channels, -1 to 1; 0 where nothing changed.

    What moves face and ground alike (white balance) is taken out.
    """
    shown = _shown(readings)
    lit = _relative([one.face for one in readings]) - _relative([one.ground for one in readings])
    scale = float(np.linalg.norm(shown) * np.linalg.norm(lit))
    return float(np.sum(shown * lit)) / scale if scale > 0 else 0.0


def gains(readings: Sequence[Reading]) -> tuple[float, float]:
    """How strongly face and ground follow the drawn colours: relative change for a channel's full one."""
    shown = _shown(readings)
    weight = float(np.sum(shown**2))
    both = (_relative([getattr(one, name) for one in readings]) for name in ("face", "ground"))
    face, ground = (float(np.sum(shown * lit)) / weight if weight > 0 else 0.0 for lit in both)
    return face, ground


def _shown(readings: Sequence[Reading]) -> Floats:
    shown = np.array([COLOURS[one.shown] for one in readings], dtype=np.float64) / 255
    return _hue(shown - shown.mean(axis=0))


def _relative(colours: Sequence[Colour]) -> Floats:
    seen = np.array(colours, dtype=np.float64)
    mean = seen.mean(axis=0)
    return _hue((seen - mean) / np.maximum(mean, DARKEST))


def _hue(changes: Floats) -> Floats:
    """Without what moves all three channels alike."""
    hue: Floats = changes - changes.mean(axis=1, keepdims=True)
    return hue
