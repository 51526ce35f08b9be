"""Failures that a person at a terminal can act on: one line, never a trace."""

import errno
import os
import shutil
from pathlib import Path

ROOM_NEEDED = 400 * 1024 * 1024
FULL = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT))


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


def from_server(what: str, told: str) -> LaunchError:
    """The line for what a server or a program of ours said when it failed."""
    if tells_full_disk(told):
        return LaunchError(f"The disk is full: {what}. Make room and start again.")
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return LaunchError(f"{what}: {(lines or ['no reason given'])[0][:200]}")


def tells_full_disk(told: str) -> bool:
    """Whether the words are the operating system's for a disk or a quota that is used up."""
    return any(strerror in told for strerror in FULL)


def require_room(folder: Path) -> None:
    """Raise when the disk below `folder` has less than a database needs to begin with."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        megabytes = ROOM_NEEDED // 1024 // 1024
        raise LaunchError(
            f"The disk is full: {folder} has {free // 1024 // 1024} MB left, {megabytes} MB are needed."
        )
