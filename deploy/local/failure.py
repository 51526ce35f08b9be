"""Failures that a person at a terminal can act on: one line, never a trace."""

import errno
import shutil
from pathlib import Path

ROOM_NEEDED = 400 * 1024 * 1024


class LaunchError(Exception):
    """What went wrong and what to do, in one line."""


def from_os_error(error: OSError) -> LaunchError:
    """The line for an error of the operating system."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LaunchError(f"The disk is full{where}: make room and start again.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return LaunchError(f"No permission to write{where}: start as the owner of the folder.")
    return LaunchError(f"{error.strerror or error}{where}.")


def require_room(folder: Path) -> None:
    """Raise when the disk below `folder` has less than a database needs to begin with."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        megabytes = ROOM_NEEDED // 1024 // 1024
        raise LaunchError(
            f"The disk is full: {folder} has {free // 1024 // 1024} MB left, {megabytes} MB are needed."
        )
