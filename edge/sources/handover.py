"""From a thread or a callback to the loop: a short queue, and what is too much is dropped.

A live code is good for seconds: what could wait longer than that in a queue would be refused anyway. Each
text says when it was put in, for whoever takes it too late.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from edge.source import Seen

MOST_WAITING: Final = 8


class Handover:
    """Texts from anywhere into one async iterator. Made and drained inside the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Seen | None] = asyncio.Queue()
        self.dropped = 0

    def put(self, text: str) -> None:
        """From the loop itself."""
        self._add(Seen.now(text))

    def put_from_thread(self, text: str) -> None:
        """From any thread; nothing where the loop is gone already."""
        self._later(self._add, Seen.now(text))

    def end_from_thread(self) -> None:
        """There will be no more: the iterator ends after what waits."""
        self._later(self._waiting.put_nowait, None)

    async def texts(self) -> AsyncIterator[Seen]:
        """What comes, until the end is said."""
        while (seen := await self._waiting.get()) is not None:
            yield seen

    def _add(self, seen: Seen) -> None:
        if self._waiting.qsize() >= MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.put_nowait(seen)

    def _later(self, call: Callable[[Any], None], value: Seen | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, value)
