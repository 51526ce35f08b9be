"""The list of erased persons that lies apart from both databases: no restore of either takes a line off it.

One line a person, `<company> <subject> <time>`: opaque ids in hexadecimal digits, UTC. Only ever appended to,
one line in one write, and on the disk before the key goes. It is read before service (`replay_erasures`).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

HEX_DIGITS: Final = 32


class ListDamaged(RuntimeError):  # noqa: N818
    """A line that nobody of ours wrote: somebody must look before anything is served."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An erased person, and whose they were."""

    company: UUID
    subject: UUID


def append(company: bytes, subject: UUID) -> None:
    """Put a person on the list, once, and onto the disk. Raises OSError: then nothing may be destroyed."""
    if holds(company, subject):
        return
    path = _path()
    new = not path.exists()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = f"{company.hex()} {subject.hex} {now}\n".encode("ascii")
    number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(number).st_size
        # A write that a full disk cut short is no line: the next one begins anew.
        if size and os.pread(number, 1, size - 1) != b"\n":
            line = b"\n" + line
        if os.write(number, line) != len(line):
            raise OSError(f"{path}: the line was cut short")
        os.fsync(number)
    finally:
        os.close(number)
    if new:
        _sync_folder(path.parent)


def holds(company: bytes, subject: UUID) -> bool:
    """Whether the person stands on the list."""
    wanted = f"{company.hex()} {subject.hex} ".encode("ascii")
    try:
        with _path().open("rb") as lines:
            return any(line.startswith(wanted) and line.endswith(b"\n") for line in lines)
    except FileNotFoundError:
        return False


def listed() -> Iterator[Listed]:
    """Everybody on the list, each once. A line that was cut off stands for nobody. Raises ListDamaged."""
    seen = set()
    try:
        with _path().open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                found = _read(line, number)
                if found is not None and found not in seen:
                    seen.add(found)
                    yield found
    except FileNotFoundError:
        return


def _read(line: bytes, number: int) -> Listed | None:
    parts = line.split()
    try:
        company, subject, moment = (part.decode("ascii") for part in parts)
        if len(company) != HEX_DIGITS or len(subject) != HEX_DIGITS:
            raise ValueError
        datetime.fromisoformat(moment)
        return Listed(UUID(hex=company), UUID(hex=subject))
    except ValueError:
        if _was_cut(line, len(parts)):
            return None
        raise ListDamaged(f"line {number} of the list of erased persons cannot be read") from None


def _was_cut(line: bytes, parts: int) -> bool:
    """Whether it is the beginning of a line of ours, whose key therefore was not destroyed."""
    text = line.strip().replace(b" ", b"").replace(b":", b"").replace(b"-", b"").replace(b"+", b"")
    return parts <= 3 and all(sign in b"0123456789abcdefT" for sign in text)


def _path() -> Path:
    return Path(settings.ERASED_LIST)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
