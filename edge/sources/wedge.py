"""A USB scanner that types like a keyboard, taken from the console by an exclusive grab.

By the kernel's own interface (linux/input.h), one ioctl and one struct: nothing has to be compiled.
"""

import fcntl
import os
from collections.abc import Callable
from typing import Final

from edge.sources.device import DeviceSource
from edge.sources.keys import EVENT, KeyReader

EVIOCGRAB: Final = 0x40044590  # _IOW('E', 0x90, int)
AT_ONCE: Final = 64 * EVENT.size


def grab(fd: int) -> None:
    """Take the device for ourselves. Raises OSError where somebody else has it, or it is no input device.

    Without it each code would be typed into the console too, where whoever plugs a screen in could read it.
    """
    fcntl.ioctl(fd, EVIOCGRAB, 1)


class _Keyboard:
    def __init__(self, path: str, take: Callable[[int], None]) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            take(self._fd)
        except OSError:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        return self._fd

    def read(self) -> bytes:
        return os.read(self._fd, AT_ONCE)

    def close(self) -> None:
        os.close(self._fd)


def wedge(path: str, *, take: Callable[[int], None] = grab) -> DeviceSource:
    """The scanner at /dev/input/by-id/…-event-kbd; closing the device ends the grab."""
    return DeviceSource(path, lambda: _Keyboard(path, take), KeyReader)
