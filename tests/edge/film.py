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


def film(path: Path, codes: Sequence[str]) -> None:
    """Write the video and move it into place: the camera is there from then on."""
    beside = path.with_name(f"new-{path.name}")
    video = cv2.VideoWriter(str(beside), cv2.VideoWriter.fourcc(*"MJPG"), 1 / PAUSE, (WIDTH, HEIGHT))
    assert video.isOpened()
    for code in codes:
        for view in [*[_view(code)] * HELD, *[_view(None)] * GONE]:
            video.write(view)
    video.release()
    beside.rename(path)


def _view(code: str | None) -> Picture:
    view = np.full((HEIGHT, WIDTH, 3), (60, 90, 75), np.uint8)
    if code is not None:
        drawn = picture(code)
        top, left = (HEIGHT - drawn.shape[0]) // 2, (WIDTH - drawn.shape[1]) // 2
        view[top : top + drawn.shape[0], left : left + drawn.shape[1]] = drawn[:, :, None]
    return view
