"""How each kind of source is fitted: plain values, so that no camera's library is needed to read them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Camera:
    """A V4L2 camera: /dev/v4l/by-id/… stays the same one after replugging, a number does not."""

    device: str | int
    width: int = 1280
    height: int = 720


@dataclass(frozen=True, slots=True)
class Recording:
    """A picture, a folder of pictures or a video as a camera, `pause` seconds between two pictures."""

    path: str
    pause: float = 0.04


@dataclass(frozen=True, slots=True)
class Wedge:
    """A USB scanner that types: /dev/input/by-id/…-event-kbd."""

    device: str


@dataclass(frozen=True, slots=True)
class SerialScanner:
    """A scanner at a serial line: /dev/serial/by-id/…"""

    device: str
    baud: int = 9_600


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder whose files are presentations."""

    path: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A file or pipe whose lines are codes, as they are appended."""

    path: str
