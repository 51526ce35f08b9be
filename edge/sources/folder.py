"""A folder whose files are presentations, in the order of their names: for trials, tests and demonstrations.

A picture is read as a camera would; of a .txt file each line is a code. Each file counts once, as soon as it
is whole: whoever writes one moves it in (`rename`), as names that begin with a dot are passed over.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from edge.source import LONGEST, Seen, SourceState
from edge.sources.decoder import texts_in
from edge.sources.frames import LARGEST_FILE, PICTURES, picture_file

PAUSE: Final = 0.1  # seconds between two looks


class FolderSource:
    """The files of a folder, once each; with `follow` those that are added later too."""

    def __init__(self, folder: Path, *, follow: bool = True, pause: float = PAUSE) -> None:
        self._folder = folder
        self._follow = follow
        self._pause = pause
        self._done: set[str] = set()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def state(self) -> SourceState:
        """Whether the folder is there."""
        return SourceState.READY if self._folder.is_dir() else SourceState.AWAY

    async def codes(self) -> AsyncIterator[Seen]:
        """See CodeSource. What waits in a file was not seen yet."""
        while True:
            for path in await asyncio.to_thread(self._new):
                for text in await asyncio.to_thread(_texts_of, path):
                    yield Seen.now(text)
            if not self._follow:
                return
            await asyncio.sleep(self._pause)

    async def close(self) -> None:
        """Nothing is held."""

    def _new(self) -> list[Path]:
        try:
            found = sorted(path for path in self._folder.iterdir() if not path.name.startswith("."))
        except OSError:
            return []
        new = [path for path in found if path.name not in self._done]
        self._done = {path.name for path in found}
        return new


def _texts_of(path: Path) -> list[str]:
    if path.suffix.lower() in PICTURES:
        picture = picture_file(path)
        return [] if picture is None else texts_in(picture)
    if path.suffix.lower() != ".txt":
        return []
    try:
        if path.stat().st_size > LARGEST_FILE:
            return []
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.strip()[:LONGEST] for line in lines if line.strip()]
