"""How a head is turned and where it is, from five points.

Along the line of the eyes the base of the nose lies about half-way while a face looks straight ahead. It
stands some 0.3 of their outer distance in front of them, so a turn by an angle moves it by 0.3 tan of that
angle; the inner corners of the eyes stand a little in front of the outer ones and move too, by some 0.16 of
that (0.156 over 80 photographs of 16 people). A flat print that is turned is squeezed: places along a line
keep their ratio, and only a shear moves the nose, never the inner corners. On a bent one they move by nearly
as much as the nose. Bent and sheared at once it can imitate the ratio: five points cannot tell that from a
head, and `sheets` looks at more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from biometrics.liveness.observations import Floats, SeenFace

RIGHT_OUTER, RIGHT_INNER, LEFT_OUTER, LEFT_INNER, NOSE = range(5)  # of the picture, not of the person


@dataclass(frozen=True, slots=True)
class Pose:
    """`nose`, `inner`: how far along the eyes from the middle, as shares of their outer distance (positive:
    the person's left). `height`: how far the nose lies off that line, in the same shares. `eyes`: that
    distance in pixels. `x`, `y`: the middle of the points.
    """

    nose: float
    inner: float
    height: float
    eyes: float
    x: float
    y: float


def pose_of(face: SeenFace) -> Pose:
    """The pose of a face that `readable` let through."""
    points: Floats = np.asarray(face.landmarks, dtype=np.float64)
    axis = points[RIGHT_OUTER] - points[LEFT_OUTER]
    eyes = float(np.hypot(*axis))
    along = (points - points[LEFT_OUTER]) @ axis / eyes**2 - 0.5
    inner = float(along[RIGHT_INNER] + along[LEFT_INNER]) / 2
    low = points[NOSE] - points[LEFT_OUTER]
    height = abs(float(axis[0] * low[1] - axis[1] * low[0])) / eyes**2
    x, y = points.mean(axis=0)  # steadier than the box, which detectors place in coarse steps
    return Pose(float(along[NOSE]), inner, height, eyes, float(x), float(y))


# Straight ahead: of the first frame from the middle, of later ones from the first.
FIRST_CENTRED: Final = 0.12
CENTRED: Final = 0.06
TURNED: Final = 0.14  # the nose: some 25 degrees
HELD: Final = 2  # frames that are turned
PASSING: Final = 0.2 * TURNED  # on the way there: another picture put in has no way
LEAST_INNER, MOST_INNER = 0.12, 0.36  # the inner corners' way, as shares of the nose's
LEAST_HEIGHT: Final = 1.06  # eyes draw together in a turn, so the nose lies further off, in their shares
CLOSER: Final = 1.2  # times the eyes' distance of the first frame


def centred(pose: Pose, first: Pose | None) -> bool:
    """Whether a face looks straight ahead."""
    if first is None:
        return abs(pose.nose) <= FIRST_CENTRED
    return abs(pose.nose - first.nose) <= CENTRED


def turned(pose: Pose, first: Pose) -> int:
    """1: the nose has moved as for a turn to the person's left, -1: to the right, 0: neither."""
    moved = pose.nose - first.nose
    return 0 if abs(moved) < TURNED else 1 if moved > 0 else -1


def has_depth(track: Sequence[Pose], first: Pose, way: int) -> bool:
    """Whether the points moved as those of a solid face do in a turn to `way` that is held.

    `track`: the frames from looking ahead to being turned. The line through their (nose, inner) evens out how
    landmarks tremble.
    """
    held = [one for one in track if way * (one.nose - first.nose) >= TURNED]
    if len(held) < HELD:
        return False
    nose = np.array([one.nose for one in (first, *track)])
    inner = np.array([one.inner for one in (first, *track)])
    away = nose - nose.mean()
    slope = float(away @ (inner - inner.mean()) / (away @ away))
    height = float(np.mean([one.height for one in held]))
    return LEAST_INNER <= slope <= MOST_INNER and height >= LEAST_HEIGHT * first.height


def passing(pose: Pose, first: Pose, way: int) -> bool:
    """Whether a face is on its way to `way`, not yet there."""
    return PASSING <= way * (pose.nose - first.nose) < TURNED


def closer(pose: Pose, first: Pose) -> bool:
    """Whether a face has come nearer to the camera."""
    return pose.eyes >= CLOSER * first.eyes


# Between two frames: what a hand's or a head's movement can do, and what landmarks tremble.
STILL_SHARE, SHARE_PER_SECOND = 0.4, 3.0  # of the eyes' distance
STILL_SCALE, SCALE_PER_SECOND = 0.12, 1.0  # natural logarithm of the ratio
STILL_TURN, TURN_PER_SECOND = 0.06, 0.6


def jumped(pose: Pose, last: Pose, seconds: float) -> bool:
    """Whether a face moved, grew or turned faster than a person does."""
    far = float(np.hypot(pose.x - last.x, pose.y - last.y)) / last.eyes
    grown = abs(float(np.log(pose.eyes / last.eyes)))
    turn = abs(pose.nose - last.nose)
    return (
        far > STILL_SHARE + SHARE_PER_SECOND * seconds
        or grown > STILL_SCALE + SCALE_PER_SECOND * seconds
        or turn > STILL_TURN + TURN_PER_SECOND * seconds
    )
