"""What a whole picture shows, measured without an engine: a small grey copy, and colours."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from biometrics.engine.interface import Box, Rgb

Grey = NDArray[np.uint8]
Colour = tuple[float, float, float]  # means of red, green, blue, 0 to 255

THUMBNAIL_ROWS, THUMBNAIL_COLUMNS = 16, 17
LUMA: Final = (0.299, 0.587, 0.114)  # ITU-R BT.601
INNER: Final = 0.2  # of the box is left out on each side: hair and ground
NEAR, FAR = 0.25, 0.6  # of the box, beyond its sides


def thumbnail(rgb: Rgb) -> Grey:
    """(16, 17) means of grey over equal cells of the whole picture."""
    grey: NDArray[np.float64] = rgb[::2, ::2].astype(np.float64) @ np.array(LUMA)
    for axis, cells in ((0, THUMBNAIL_ROWS), (1, THUMBNAIL_COLUMNS)):
        edges = np.linspace(0, grey.shape[axis], cells, endpoint=False).astype(int)
        sizes = np.maximum(1, np.diff([*edges, grey.shape[axis]]))  # of a tiny picture some are empty
        sums = np.add.reduceat(grey, edges, axis=axis)
        grey = sums / (sizes[:, None] if axis == 0 else sizes)
    return np.rint(grey).astype(np.uint8)


def face_colour(rgb: Rgb, box: Box) -> Colour:
    """The mean of the middle of a face's box."""
    rows, columns = rgb.shape[:2]
    aside, down = INNER * (box.right - box.left), INNER * (box.bottom - box.top)
    upper, lower = _span(box.top + down, box.bottom - down, rows)
    begin, end = _span(box.left + aside, box.right - aside, columns)
    return _mean(rgb[upper:lower, begin:end])


def ground_colour(rgb: Rgb, box: Box) -> Colour:
    """The mean of what stands on both sides of the head, from its top to its middle.

    So near to the face that a print's own background is in it, and above the shoulders.
    """
    rows, columns = rgb.shape[:2]
    near, far = NEAR * (box.right - box.left), FAR * (box.right - box.left)
    upper, lower = _span(box.top, (box.top + box.bottom) / 2, rows)
    sides = [
        _span(box.left - far, box.left - near, columns),
        _span(box.right + near, box.right + far, columns),
    ]
    return _mean(np.concatenate([rgb[upper:lower, begin:end].reshape(-1, 3) for begin, end in sides]))


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    """Whole pixels within the picture, one at least."""
    first = min(max(0, int(low)), size - 1)
    return first, min(max(first + 1, int(high)), size)


def _mean(pixels: Rgb) -> Colour:
    red, green, blue = pixels.reshape(-1, 3).mean(axis=0)
    return float(red), float(green), float(blue)
