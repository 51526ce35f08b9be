"""From the frames of an enrolment to its one vector: each normalised, averaged, normalised."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model, Vector, cosine_distance, unit
from biometrics.engine.thresholds import spread

LEAST_FRAMES: Final = 3
# A photograph encoded anew is 0.0008 to 0.008 away, a copy 0: this finds repetition, not sameness of pose.
LEAST_APART: Final = 0.0005


def enrolment_vector(frames: Sequence[Vector], model: Model) -> Vector:
    """The vector to be kept of at least three varied frames of one person, all by `model`.

    Raises FaceRefused: frames_few, frames_alike where two are as good as one, frames_differ where one is too
    far from the others to be the same person. Raises ValueError for vectors of another size, and
    NotMeasured for a model without figures.
    """
    most = spread(model)
    if len(frames) < LEAST_FRAMES:
        raise FaceRefused(FaceCode.FRAMES_FEW)
    if any(frame.shape != (model.dimensions,) for frame in frames):
        raise ValueError("a frame was measured by another model")
    units = [unit(frame) for frame in frames]
    if any(cosine_distance(one, other) < LEAST_APART for one, other in combinations(units, 2)):
        raise FaceRefused(FaceCode.FRAMES_ALIKE)
    mean = unit(np.mean(np.stack(units).astype(np.float64), axis=0))
    if any(cosine_distance(mean, one) > most for one in units):
        raise FaceRefused(FaceCode.FRAMES_DIFFER)
    return mean
