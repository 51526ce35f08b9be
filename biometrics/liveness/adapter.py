"""From a picture to an Observation, through whatever engine is there."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from biometrics.engine.interface import Face, FaceEngine, Order, Rgb
from biometrics.liveness.observations import (
    THUMBNAIL_COLUMNS,
    THUMBNAIL_ROWS,
    Floats,
    Grey,
    Observation,
    SeenFace,
)

LUMA: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601
INNER: Final = 0.2  # of the box is left out on each side: hair and ground
NEAR, FAR = 0.25, 0.6  # of the box, beyond its sides


@dataclass(frozen=True, slots=True)
class Arrived:
    """A frame as it came: its bytes, its place in the row, the server's time in seconds."""

    raw: bytes
    sequence: int
    at: float


def observe(
    engine: FaceEngine, rgb: Rgb, arrived: Arrived, wants: Callable[[Observation], bool]
) -> Observation:
    """Measure a decoded frame. `wants`: whether, having seen this much, the face must be embedded too.

    Raises ValueError where the engine's five points are not dlib's: a turn is judged by the eyes' corners.
    """
    every = engine.detect(rgb)
    # A turned head is found less surely; what else may be a face beside a sure one is none.
    found = [face for face in every if face.sure] or every[:1]
    faces = tuple(_seen(face) for face in found)
    box = faces[0].box if faces else None
    seen = Observation(
        sequence=arrived.sequence,
        arrived_at=arrived.at,
        digest=hashlib.sha256(arrived.raw).digest(),
        width=rgb.shape[1],
        thumbnail=thumbnail(rgb),
        faces=faces,
        face_colour=_mean(_middle(rgb, box)) if box else (0.0, 0.0, 0.0),
        ground_colour=ground_colour(rgb, box) if box else (0.0, 0.0, 0.0),
    )
    if len(found) != 1 or not wants(seen):
        return seen
    return replace(seen, embedding=np.asarray(engine.embed(rgb, found[0]), dtype=np.float64))


def _seen(face: Face) -> SeenFace:
    if face.order is not Order.DLIB:
        raise ValueError("liveness needs an engine with dlib's five points")
    box = (float(face.box.left), float(face.box.top), float(face.box.right), float(face.box.bottom))
    return SeenFace(box, np.asarray(face.landmarks, dtype=np.float64))


def thumbnail(rgb: Rgb) -> Grey:
    """(16, 17) means of grey over equal cells of the whole picture."""
    grey: Floats = rgb[::2, ::2].astype(np.float64) @ np.array(LUMA)
    for axis, cells in ((0, THUMBNAIL_ROWS), (1, THUMBNAIL_COLUMNS)):
        edges = np.linspace(0, grey.shape[axis], cells, endpoint=False).astype(int)
        sizes = np.maximum(1, np.diff([*edges, grey.shape[axis]]))  # of a tiny picture some are empty
        sums = np.add.reduceat(grey, edges, axis=axis)
        grey = sums / (sizes[:, None] if axis == 0 else sizes)
    return np.rint(grey).astype(np.uint8)


def ground_colour(rgb: Rgb, box: tuple[float, float, float, float]) -> tuple[float, float, float]:
    """The mean of what stands on both sides of the head, from its top to its middle.

    So near to the face that a print's own background is in it, and above the shoulders.
    """
    rows, columns = rgb.shape[:2]
    left, top, right, bottom = box
    near, far = NEAR * (right - left), FAR * (right - left)
    upper, lower = _span(top, (top + bottom) / 2, rows)
    sides = [_span(left - far, left - near, columns), _span(right + near, right + far, columns)]
    return _mean(np.concatenate([rgb[upper:lower, begin:end].reshape(-1, 3) for begin, end in sides]))


def _middle(rgb: Rgb, box: tuple[float, float, float, float]) -> Rgb:
    rows, columns = rgb.shape[:2]
    left, top, right, bottom = box
    aside, down = INNER * (right - left), INNER * (bottom - top)
    upper, lower = _span(top + down, bottom - down, rows)
    begin, end = _span(left + aside, right - aside, columns)
    return rgb[upper:lower, begin:end]


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """Whole pixels within the picture, one at least."""
    first = min(max(0, int(low)), size - 1)
    return first, min(max(first + 1, int(high)), size)


def _mean(pixels: Rgb) -> tuple[float, float, float]:
    red, green, blue = pixels.reshape(-1, 3).mean(axis=0)
    return float(red), float(green), float(blue)
