"""One reader's socket as its room sees it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from readers.keys import VerifyKey

Point = tuple[int, int]
START: Point = (0, 0)


@dataclass(eq=False, slots=True)
class Line:
    """What was sent to a reader, what it has acknowledged, and when it was last heard."""

    handle: int
    key: VerifyKey
    key_raw: bytes
    send_text: Callable[[str], Coroutine[Any, Any, None]]
    dismiss: Callable[[int], None]
    sent: Point
    ready: bool = False
    busy: bool = False
    checkpoint: int | None = None
    heard: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def hear(self) -> None:
        """The reader said something."""
        self.heard = asyncio.get_running_loop().time()

    async def push(self, frame: str, upto: Point) -> None:
        """Send what brings the reader from `sent` to `upto`."""
        self.sent = upto
        await self.send_text(frame)
