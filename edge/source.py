"""Where codes come from: a camera, a scanner, or a file of lines."""

import asyncio
import time
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple, Protocol

LONGEST: Final = 4096  # characters of a text; what is longer is cut, and refused as malformed


class SourceState(StrEnum):
    """How a source is; told to the server with each contact."""

    READY = "ready"
    AWAY = "away"  # unplugged, or it gives no pictures


class Seen(NamedTuple):
    """A text, and when it was seen, by `time.monotonic()`: what has waited for long is not acted on."""

    text: str
    at: float

    @classmethod
    def now(cls, text: str) -> "Seen":
        """Seen at this moment."""
        return cls(text[:LONGEST], time.monotonic())


class CodeSource(Protocol):
    """Something that sees codes. Unplugged it says so in `state`, and goes on when it is back."""

    @property
    def name(self) -> str:
        """Which one it is, for the log and the status."""
        ...

    @property
    def state(self) -> SourceState:
        """Whether it sees anything at the moment."""
        ...

    def codes(self) -> AsyncIterator[Seen]:
        """The texts that were seen, each presentation once, whatever they are, `LONGEST` characters at most.

        Ends when there will be no more. Never blocks the loop: decoding belongs in a thread.
        """
        ...

    async def close(self) -> None:
        """Give the hardware back; called once, after `codes` has ended or was cancelled."""
        ...


class LineSource:
    """The lines of a file or a pipe as they are appended; for trials and tests.

    With `follow` it waits for more lines for ever, else it ends with the file.
    """

    def __init__(self, path: Path, *, follow: bool = False, pause: float = 0.02) -> None:
        self._path = path
        self._follow = follow
        self._pause = pause  # seconds between two looks

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    @property
    def state(self) -> SourceState:
        """Whether the file is there."""
        return SourceState.READY if self._path.exists() else SourceState.AWAY

    async def codes(self) -> AsyncIterator[Seen]:
        """Whole lines, without the newline; empty ones are passed over. A line waits in the file unseen."""
        while not self._path.exists():
            if not self._follow:
                return
            await asyncio.sleep(self._pause)
        with self._path.open(encoding="utf-8", errors="replace") as file:
            rest = ""
            while True:
                rest += file.readline()
                if rest.endswith("\n") or (rest and not self._follow):
                    line, rest = rest.strip(), ""
                    if line:
                        yield Seen.now(line)
                elif self._follow:
                    await asyncio.sleep(self._pause)
                else:
                    return

    async def close(self) -> None:
        """Nothing is held between two looks."""
