"""A face as a sheet would show it that is laid straight before the camera again.

Slanting or bending a sheet moves every place on it by a smooth rule; what did it can be undone. The rule that
takes five points back to where they lay while the face looked straight ahead is applied to the whole face: a
print then shows its first picture again, and is measured nearer to it than before. Nothing brings back what a
head hides when it turns, nor takes away what its nose does.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.engine.interface import POINTS, Box, Face, Order, Points, Rgb, checked

Floats = NDArray[np.float64]

OUTER_RIGHT, OUTER_LEFT = 0, 2  # the corners of the eyes that everything is measured by
EYES: Final = 80  # pixels between them in the picture that comes out
LEFT, TOP, WIDE, HIGH = -1.5, -1.2, 3.0, 3.2  # of that picture, in eyes' distances from their middle
MOST: Final = 4.0  # eyes' distances that a point may lie away: beyond, it is no face


def shape_of(landmarks: NDArray[np.floating]) -> Floats:
    """Where the five points lie by the eyes: (5, 2), along their line from the middle, and down from it.

    In distances of the outer corners. Raises ValueError where those are in one place.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    axis = points[OUTER_RIGHT] - points[OUTER_LEFT]
    eyes = float(np.hypot(*axis))
    if not eyes > 0:
        raise ValueError("both eyes are in one place")
    away = points - (points[OUTER_RIGHT] + points[OUTER_LEFT]) / 2
    down = np.array([-axis[1], axis[0]])
    shape: Floats = np.stack([away @ axis, away @ down], axis=1) / eyes**2
    return shape


def laid_back(rgb: Rgb, face: Face, shape: Points) -> tuple[Rgb, Face]:
    """The face of this picture with its points brought to `shape` (see `shape_of`): a picture and a face.

    Raises ValueError for points that no face has.
    """
    picture, wanted = checked(rgb), np.asarray(shape, dtype=np.float64)
    if face.order is not Order.DLIB or wanted.shape != (POINTS, 2) or not np.all(np.abs(wanted) <= MOST):
        raise ValueError("these points are of no face")
    rule, _, rank, _ = np.linalg.lstsq(_terms(wanted), face.landmarks.astype(np.float64), rcond=1e-3)
    if rank < _terms(wanted).shape[1]:
        raise ValueError("these points lie in one line")
    across = LEFT + np.arange(int(WIDE * EYES)) / EYES
    down = TOP + np.arange(int(HIGH * EYES)) / EYES
    places = np.stack(np.meshgrid(across, down), axis=-1)
    points = ((wanted - (LEFT, TOP)) * EYES).astype(np.float32)
    low, high = points.min(axis=0), points.max(axis=0) + 1
    box = Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return _sampled(picture, _terms(places) @ rule), Face(box, points, face.score, face.sure, face.order)


def _terms(places: Floats) -> Floats:
    """A slant (linear), and a bend about the upright (the square along the eyes)."""
    u, v = places[..., 0], places[..., 1]
    return np.stack([np.ones_like(u), u, v, u * u], axis=-1)


def _sampled(picture: Rgb, places: Floats) -> Rgb:
    """The picture at places (x, y) between pixels; beyond its edge the edge goes on."""
    rows, columns = picture.shape[:2]
    x, y = np.clip(places[..., 0], 0, columns - 1), np.clip(places[..., 1], 0, rows - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, under = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
    aside, below = (x - left)[..., None], (y - top)[..., None]
    upper = picture[top, left] * (1 - aside) + picture[top, right] * aside
    lower = picture[under, left] * (1 - aside) + picture[under, right] * aside
    between: Rgb = np.rint(upper * (1 - below) + lower * below).astype(np.uint8)
    return between
