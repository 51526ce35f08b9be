"""A disk that forgets: beside a folder, what a power cut would leave of it.

The folder itself is what running programs see. The platter holds each file's content as of its last sync,
and the folder's names as of the folder's last sync: a sync of a file makes its content durable, not its name.
Nothing else is durable, however long ago it was written.
"""

import json
import os
import random
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

NAMES: Final = "names.json"
SYNCED: Final = "synced"
# A disk writes a sector whole or not at all, a file system mostly pages.
GRAINS: Final = (512, 4096)


class Platter:
    """Kept by the process whose syncs it hears of. Calls may come from any thread."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder, self._place = folder, place
        # By inode. Never closed: no number is given twice, and closing one would free SQLite's locks.
        self._held: dict[int, int] = {}
        self._lock = threading.Lock()
        self.before: Callable[[], object] = lambda: None  # called when a sync begins
        (place / SYNCED).mkdir(parents=True)
        for name in self._files():
            self._keep(self.hold(folder / name))
        self._keep_names()

    def hold(self, path: Path) -> int:
        """The inode of a file that is in the folder."""
        file = os.open(path, os.O_RDONLY)
        inode = os.fstat(file).st_ino
        self._held.setdefault(inode, file)
        return inode

    def file_synced(self, inode: int) -> None:
        """Its content as it is now stays."""
        with self._lock:
            self._keep(inode)

    def folder_synced(self) -> None:
        """The names as they are now stay."""
        with self._lock:
            self._keep_names()

    def _files(self) -> dict[str, int]:
        return _files(self.folder)

    def _keep(self, inode: int) -> None:
        file = self._held[inode]
        size = os.fstat(file).st_size
        kept = os.open(self._place / SYNCED / str(inode), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            done = 0
            while done < size:
                done += os.sendfile(kept, file, done, size - done)
            os.ftruncate(kept, size)
        finally:
            os.close(kept)

    def _keep_names(self) -> None:
        found = self._files()
        for name, inode in found.items():
            if inode not in self._held:
                self.hold(self.folder / name)
        fresh = self._place / f"{NAMES}.new"
        fresh.write_text(json.dumps(found))
        fresh.replace(self._place / NAMES)  # the process may be killed here too


def after_cut(folder: Path, place: Path, target: Path, chance: random.Random | None = None) -> None:
    """Lay in `target` what a power cut leaves of the folder: what was synced and no more.

    With `chance` a part of the rest has reached the disk: for each file any sectors or pages of what was
    written since its last sync, in any order, its new length or its old one; and all changes of names or
    none, as file systems that keep a journal of them do.
    """
    now = _files(folder)
    names = json.loads((place / NAMES).read_text())
    if chance is not None and chance.random() < 0.5:
        names = now
    written = {inode: folder / name for name, inode in now.items()}
    target.mkdir(mode=0o700)
    for name, inode in names.items():
        kept = place / SYNCED / str(inode)
        data = kept.read_bytes() if kept.exists() else b""
        if chance is not None and inode in written:
            data = _torn(data, written[inode].read_bytes(), chance)
        (target / name).write_bytes(data)
        (target / name).chmod(0o600)


def power_cut(folder: Path, place: Path, chance: random.Random | None = None) -> None:
    """The same in the folder's own place, the process having been killed; the platter is gone then."""
    if (place / NAMES).exists():  # else it was killed before it came to write anything
        left = folder.with_name(f"{folder.name}-left")
        after_cut(folder, place, left, chance)
        shutil.rmtree(folder)
        left.rename(folder)
    shutil.rmtree(place, ignore_errors=True)


def _files(folder: Path) -> dict[str, int]:
    with os.scandir(folder) as found:
        return {entry.name: entry.inode() for entry in found if entry.is_file(follow_symlinks=False)}


def _torn(old: bytes, new: bytes, chance: random.Random) -> bytes:
    size = len(chance.choice((old, new)))
    grain, share = chance.choice(GRAINS), chance.random()
    data = bytearray(old[:size].ljust(size, b"\0"))
    for start in range(0, min(size, len(new)), grain):
        if chance.random() < share:
            piece = new[start : min(start + grain, size)]
            data[start : start + len(piece)] = piece
    return bytes(data)
