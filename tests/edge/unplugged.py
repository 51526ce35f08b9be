"""The reader program on a disk that forgets what was not synced (`tests.edge.platter`), for power cuts.

`python -m tests.edge.unplugged HOW PLACE ARGUMENTS`, with the arguments of `sallyport-reader`. How:
`synced`, as it is; `loose`, with SQLite's syncs off, so that a cut must be seen; `each`, and below PLACE/cuts
lies what a cut at the beginning of each sync leaves, in folders 000, 001, ... and with a part of the rest in
000-torn, ...; `wipe`, the same from the moment in which it wipes.

Each grant's counter is a line in PLACE.granted, written before the door is driven; nothing forgets that.
"""

import os
import random
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from edge import cli, identity, run, store
from edge.run import Reader
from tests.edge.platter import Platter, after_cut
from tests.edge.vfs import Listening, library

# What is replaced in them is replaced in this process alone.
_OS, _READER, _STORE, _RUN, _IDENTITY = cast("tuple[Any, ...]", (os, Reader, store, run, identity))
SENT: Final = "sent"  # lies in a cut's folder when the server may have heard of the key


def main(how: str, place: Path, arguments: list[str]) -> int:
    """Run; returns the program's status."""
    folder = Path(arguments[arguments.index("--state") + 1])
    folder.mkdir(mode=0o700, exist_ok=True)
    platter = Platter(folder, place)
    sqlite = library()
    assert sqlite is not None
    listening = Listening(sqlite, platter)
    _OS.fsync = _heard(os.fsync, platter)
    _READER._granted = _told(Reader._granted, place.with_suffix(".granted"))
    if how == "loose":
        _STORE._connect = _loosely(store._connect)
    if how == "each":
        _cut_at_each(platter, place)
    if how == "wipe":
        _RUN.wipe = _cutting(store.wipe, platter, place)
    status = cli.main(arguments)
    platter.before()
    del listening
    return status


def _heard(real: Callable[[int], None], platter: Platter) -> Callable[[int], None]:
    def fsync(file: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{file}"))
        inside = path.parent == platter.folder
        if inside or path == platter.folder:
            platter.before()
        real(file)
        if inside:
            platter.file_synced(platter.hold(path))
        elif path == platter.folder:
            platter.folder_synced()

    return fsync


def _told(real: Callable[[Reader, int, int], None], path: Path) -> Callable[[Reader, int, int], None]:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def granted(reader: Reader, counter: int, pulse_ms: int) -> None:
        os.write(log, f"{counter}\n".encode())
        real(reader, counter, pulse_ms)

    return granted


def _loosely(real: Callable[[Path], sqlite3.Connection]) -> Callable[[Path], sqlite3.Connection]:
    def connect(path: Path) -> sqlite3.Connection:
        db = real(path)
        db.execute("pragma synchronous = off")
        return db

    return connect


def _cutting(real: Callable[[Path], None], platter: Platter, place: Path) -> Callable[[Path], None]:
    def wipe(folder: Path) -> None:
        _cut_at_each(platter, place)
        real(folder)

    return wipe


def _cut_at_each(platter: Platter, place: Path) -> None:
    cuts = place / "cuts"
    cuts.mkdir()
    chance = random.Random(os.environ.get("SALLYPORT_SEED"))
    real, sent = _IDENTITY._ask, False

    def ask(*given: object) -> object:
        nonlocal sent
        sent = True
        found: object = real(*given)
        return found

    def cut() -> None:
        number = len(list(cuts.iterdir())) // 2
        for name, luck in ((f"{number:03}", None), (f"{number:03}-torn", chance)):
            after_cut(platter.folder, place, cuts / name, luck)
            if sent:
                (cuts / name / SENT).touch()

    _IDENTITY._ask = ask
    platter.before = cut


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
