"""The desk of a room: what readers hand in is collected while the last batch is being stored."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from django.db import DatabaseError

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
MOST = 20_000
PAUSE = 1.0


class Desk(Generic[Item]):
    """Takes items one by one and hands them over by the batch, one batch at a time.

    While the database is away the items wait, up to `MOST`; what is lost beyond that is asked for again
    when its reader connects anew.
    """

    def __init__(self, store: Callable[[list[Item]], Awaitable[None]]) -> None:
        self._store = store
        self._items: list[Item] = []
        self._wake = asyncio.Event()

    def put(self, item: Item) -> None:
        """Add one item."""
        if len(self._items) < MOST:
            self._items.append(item)
            self._wake.set()

    async def run(self) -> None:
        """Store batches until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._items = self._items, []
            try:
                await self._store(batch)
            except DatabaseError:
                logger.warning("could not store %d reports of readers; trying again", len(batch))
                self._items = batch + self._items
                await asyncio.sleep(PAUSE)
                self._wake.set()
            except Exception:
                # One bad report must not end the desk for a whole house: whatever is good goes in by itself.
                logger.exception("a batch of %d reports of readers failed", len(batch))
                await self._one_by_one(batch)

    async def _one_by_one(self, batch: list[Item]) -> None:
        for item in batch:
            try:
                await self._store([item])
            except DatabaseError:
                self.put(item)
            except Exception:
                logger.exception("a report of a reader was dropped")
