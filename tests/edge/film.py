"""A recorded camera: a video in which phones are held up one after the other, a code on each."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from edge.sources.decoder import Picture
from tests.edge.seen import picture

WIDTH, HEIGHT = 960, 540
PAUSE = 0.1  # seconds between two pictures
HELD, GONE = 4, 13  # pictures: a code is in view, and out of it for longer than it is remembered


def film(path: Path, codes: Sequence[str], *, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    """Write the video and move it into place: the camera is there from then on."""
    beside = path.with_name(f"new-{path.name}")
    video = cv2.VideoWriter(str(beside), cv2.VideoWriter.fourcc(*"MJPG"), 1 / PAUSE, size)
    assert video.isOpened()
    for code in codes:
        for view in [*[_view(code, size)] * HELD, *[_view(None, size)] * GONE]:
            video.write(view)
    video.release()
    beside.rename(path)


def _view(code: str | None, size: tuple[int, int]) -> Picture:
    width, height = size
    view = np.full((height, width, 3), (60, 90, 75), np.uint8)
    if code is not None:
        drawn = picture(code)
        top, left = (height - drawn.shape[0]) // 2, (width - drawn.shape[1]) // 2
        view[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn[:, :, None]
    return view
