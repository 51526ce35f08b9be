"""The writer's connections: opened ahead, renewed when worn, opened again after PostgreSQL was away."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import psycopg

from readers.scanning.channel import Backend, Channel

FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0
OPEN_SECONDS: Final = 3.0

logger = logging.getLogger(__name__)


class Pool:
    """A fixed number of channels. `freed` is called whenever one may be taken. Belongs to one event loop."""

    def __init__(self, conninfo: str, size: int, freed: Callable[[], None]) -> None:
        self._conninfo = conninfo
        self._size = size
        self._freed = freed
        self._idle: list[Channel] = []
        self._all: set[Channel] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._failing = False

    @property
    def down(self) -> bool:
        """No connection stands and attempts to make one failed: nobody should be kept waiting."""
        return self._failing and not self._all

    def start(self) -> None:
        """Begin to connect."""
        for _ in range(self._size):
            self._replace()

    def take(self) -> Channel | None:
        """A free channel, or None."""
        while self._idle:
            channel = self._idle.pop()
            if not channel.broken:
                return channel
            self._drop(channel)
        return None

    def give(self, channel: Channel) -> None:
        """Bring a channel back; a worn one is replaced."""
        if channel.worn or self._closed:
            self._drop(channel)
        else:
            self._idle.append(channel)
            self._freed()

    def busy(self) -> list[Channel]:
        """Channels with a run on its way."""
        idle = set(self._idle)
        return [channel for channel in self._all if channel not in idle]

    async def fence(self, backend: Backend) -> None:
        """Make sure a lost backend commits nothing more. Raises psycopg.Error, OSError, TimeoutError."""
        async with asyncio.timeout(OPEN_SECONDS):
            async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                cursor = await connection.execute(
                    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                    " WHERE pid = %s AND backend_start::text = %s",
                    [backend.pid, backend.started],
                )
                row = await cursor.fetchone()
        if row is not None and not row[0]:
            raise TimeoutError("the lost backend is still there")

    async def close(self) -> None:
        """Close all."""
        self._closed = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._idle.clear()
        for channel in list(self._all):
            channel.close()
        self._all.clear()

    def _lost(self, channel: Channel) -> None:
        if channel in self._idle:
            self._idle.remove(channel)
            self._drop(channel)

    def _drop(self, channel: Channel) -> None:
        self._all.discard(channel)
        channel.close()
        self._replace()

    def _replace(self) -> None:
        if not self._closed:
            task = asyncio.get_running_loop().create_task(self._open())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> Channel:
        return await Channel.open(self._conninfo)

    async def _open(self) -> None:
        pause, failures = FIRST_PAUSE, 0
        while True:
            try:
                async with asyncio.timeout(OPEN_SECONDS):
                    channel = await self._connect()
                break
            except (psycopg.Error, OSError, TimeoutError) as error:
                # A first failure may be this connection's own: the second speaks of the server.
                failures += 1
                if failures > 1 and not self._failing:
                    self._failing = True
                    logger.warning(
                        "scans cannot be written: %s", str(error).partition("\n")[0] or type(error).__name__
                    )
                if self._failing:
                    self._freed()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        if self._failing:
            logger.warning("scans can be written again")
        self._failing = False
        channel.lost = self._lost
        self._all.add(channel)
        self._idle.append(channel)
        self._freed()
