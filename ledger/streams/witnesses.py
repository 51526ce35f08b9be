"""Checkpoints as whoever stands outside is told of them, and the file share as a witness."""

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from ledger.models import Checkpoint
from ledger.sealing import checkpoint_bytes
from ledger.streams.failure import StreamFailed
from tenants import context

FORMAT: Final = "sallyport/checkpoints/1"
MOST_CHECKPOINTS: Final = 50
END_BYTES: Final = 1 << 16
SPELL = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def told(row: Checkpoint) -> dict[str, Any]:
    """One checkpoint: its bytes and signature in base64 (docs/signed-bytes.md), its hash, the key's hex."""
    return {
        "company": context.current().uid.hex(),
        "number": row.number,
        "bytes": base64.b64encode(checkpoint_bytes(context.current().uid, row)).decode(),
        "hash": bytes(row.hash).hex(),
        "signature": base64.b64encode(bytes(row.signature)).decode(),
        "signer": row.signer,
    }


def checkpoints_after(number: int) -> list[Checkpoint]:
    """The next ones by rising number."""
    return list(Checkpoint.objects.filter(number__gt=number).order_by("number")[:MOST_CHECKPOINTS])


def witness_file() -> Path:
    """Where this company's lines are. Raises StreamFailed (`folder_missing`)."""
    folder = settings.WITNESS_FOLDER
    # It is never made here: where a share is not mounted, the file would lie beside the database after all.
    if folder is None or not folder.is_dir():
        raise StreamFailed("folder_missing")
    return Path(folder) / f"{context.current().uid.hex()}.jsonl"


def append(rows: Sequence[Checkpoint]) -> None:
    """Append each checkpoint as a line, and return when they are on the disk.

    What stands there already is not written twice. Raises StreamFailed: `conflict` where the file holds
    another one of that number, `not_written`.
    """
    path = witness_file()
    try:
        last, whole = _end(path)
        held = _held(path, {row.number for row in rows}) if rows and last >= rows[0].number else {}
        lines = []
        for row in rows:
            if row.number not in held:
                lines.append(SPELL(told(row)) + "\n")
            elif held[row.number] != bytes(row.hash).hex():
                raise StreamFailed("conflict")
        # What a power cut has torn stays, on a line of its own.
        _write(path, ("" if whole else "\n") + "".join(lines))
    except OSError:
        raise StreamFailed("not_written") from None


def _end(path: Path) -> tuple[int, bool]:
    """The number on the last line that can be read, and whether the file ends with a whole line.

    Numbers rise from line to line, so the end is enough. Where it says nothing, the number is beyond all.
    """
    if not path.exists() or not path.stat().st_size:
        return 0, True
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END_BYTES))
        data = file.read()
    for line in reversed(data.splitlines()):
        said = _line(line)
        if said is not None:
            return said[0], data.endswith(b"\n")
    return 1 << 63, data.endswith(b"\n")


def _held(path: Path, numbers: set[int]) -> dict[int, str]:
    """The hashes that the file has under these numbers; the first word counts."""
    held: dict[int, str] = {}
    with path.open("rb") as file:
        for line in file:
            said = _line(line)
            if said is not None and said[0] in numbers:
                held.setdefault(*said)
    return held


def _line(line: bytes) -> tuple[int, str] | None:
    """Number and hash; None for what was torn or is nothing of ours."""
    try:
        said = json.loads(line)
        number, digest = said["number"], said["hash"]
    except (ValueError, KeyError, TypeError):
        return None
    return (number, digest) if type(number) is int and isinstance(digest, str) else None


def _write(path: Path, text: str) -> None:
    new = not path.exists()
    place = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    try:
        data = text.encode("ascii")
        while data:
            data = data[os.write(place, data) :]
        os.fsync(place)
    finally:
        os.close(place)
    if new:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
