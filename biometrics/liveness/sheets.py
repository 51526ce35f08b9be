"""Whether what was turned is a sheet: laid back, a sheet shows its first picture again, a head does not.

The engine measures a turned face twice: as it is, and laid back (`biometrics.engine.laying`), so that its
five points lie where they lay in the first frame. On a sheet that undoes what the slant and the bend did, and
the measure comes back most of the way to the first frame's. A head that has turned hides a half and shows the
nose from the side: pulling five points back leaves most of the way.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from biometrics.liveness.observations import Floats

# How far a face that has turned is from the first frame at the least: what a head hides and shows counts.
# A sheet that is slanted as little as it may be is nearer.
LEAST_AWAY: Final = 0.02
# Of that distance, what must be left when the face is laid back: in the mean of so many frames.
LEAST_LEFT: Final = 0.63
MEASURED: Final = 2


def left_over(first: Floats, turned: Floats, laid: Floats) -> float:
    """How much of the distance stays when the turned face is laid back: 0 a perfect sheet, about 1 a head."""
    away = 1 - float(first @ turned)
    return (1 - float(first @ laid)) / away if away > 0 else 0.0


def is_sheet(left: Sequence[float]) -> bool:
    """Whether what was turned, by what was left over of its frames, is the first picture again."""
    return not left or float(np.mean(left)) < LEAST_LEFT
