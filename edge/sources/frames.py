"""Where pictures come from: a camera by OpenCV, a video file, a folder of pictures.

An opener gives `Frames`, or None where nothing is there; `read` gives a picture, None where the camera has
gone, and raises NoMorePictures at the end of a file.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import cv2

from edge.sources.decoder import Picture

PICTURES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".pgm")
LARGEST_FILE: Final = 32 * 1024 * 1024  # bytes


class NoMorePictures(Exception):  # noqa: N818 - named for what happened
    """The end of a file or folder."""


class Frames(Protocol):
    """An opened camera."""

    def read(self) -> Picture | None:
        """The next picture. Blocks; belongs in a thread."""
        ...

    def release(self) -> None:
        """Give it back."""
        ...


Opener = Callable[[], Frames | None]


class _Camera:
    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture

    def read(self) -> Picture | None:
        try:
            good, picture = self._capture.read()
        except cv2.error:
            return None
        return picture if good else None

    def release(self) -> None:
        self._capture.release()


def camera(device: str | int, *, width: int, height: int) -> Opener:
    """A V4L2 camera: a path as /dev/v4l/by-id/… (it stays the same camera after replugging) or a number."""

    def opened() -> Frames | None:
        if isinstance(device, str) and not Path(device).exists():
            return None
        name = str(Path(device).resolve()) if isinstance(device, str) else device
        capture = cv2.VideoCapture(name, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            return None
        # Motion JPEG first: uncompressed, most USB cameras give 1280 x 720 ten times a second or less.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest picture, not one that has waited
        return _Camera(capture)

    return opened


class _Files:
    """Pictures of a folder in the order of their names, or the frames of a video; each shown for a while."""

    def __init__(self, path: Path, pause: float) -> None:
        self._video: cv2.VideoCapture | None = None
        self._pause = pause
        self._pictures: list[Path] = []
        if path.is_dir():
            self._pictures = sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURES)
        elif path.suffix.lower() in PICTURES:
            self._pictures = [path]
        else:
            self._video = cv2.VideoCapture(str(path))

    def read(self) -> Picture | None:
        time.sleep(self._pause)
        if self._video is not None:
            good, picture = self._video.read()
            if not good:
                raise NoMorePictures
            return picture
        while self._pictures:
            read = picture_file(self._pictures.pop(0))
            if read is not None:
                return read
        raise NoMorePictures

    def release(self) -> None:
        if self._video is not None:
            self._video.release()


def recording(path: Path, *, pause: float = 0.0) -> Opener:
    """A picture, a folder of pictures or a video as a camera, `pause` seconds between two pictures."""

    def opened() -> Frames | None:
        return _Files(path, pause) if path.exists() else None

    return opened


def picture_file(path: Path) -> Picture | None:
    """A file as a grey picture; None where it is no picture, too large, or gone."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error, MemoryError):
        return None
    return picture
