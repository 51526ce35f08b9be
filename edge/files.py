"""Files that only the reader may read: written whole or not at all, and destroyed for good."""

import fcntl
import os
import secrets
from pathlib import Path


class InUse(Exception):  # noqa: N818 - named for what happened
    """Another process works in this folder."""


def private_folder(folder: Path) -> Path:
    """The folder, there and mode 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def claim(folder: Path) -> int:
    """Be the one process that works in the folder, until the returned file is closed. Raises InUse.

    Two would give the same number to two people. The kernel lets go when a process is killed.
    """
    file = os.open(private_folder(folder) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise InUse(f"another program works in {folder}") from None
    return file


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 so that after a power cut it is the old one or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, data)
        os.fsync(file)
    finally:
        os.close(file)
    beside.replace(path)
    sync_folder(path.parent)


def read_private(path: Path, size: int) -> bytes:
    """A key of exactly `size` bytes. Raises ValueError for another size."""
    data = path.read_bytes()
    if len(data) != size:
        raise ValueError(f"{path.name} has {len(data)} bytes, not {size}")
    return data


def destroy(path: Path) -> None:
    """Overwrite a file in place, wait for the disk, delete it."""
    try:
        file = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        return
    try:
        os.write(file, secrets.token_bytes(max(1, os.fstat(file).st_size)))
        os.fsync(file)
    finally:
        os.close(file)
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries are on the disk: a rename is not, before."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
