"""A reader that is paired and runs, in this process; its door keeps what it was told."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edge.chores import Pace
from edge.door import DoorFailed, DoorOutput, DoorState
from edge.files import claim
from edge.identity import Identity, pair
from edge.run import Fittings, Reader
from tests.edge.standin import CODE, Standin

AT_A_DOOR = Pace(probe=0.1, contact=0.3, refresh=60.0, poll=0.1, longest_pause=0.3)
# Waits longer for the server's answer than a door does: a crowded machine has its moments.
QUICK = replace(AT_A_DOOR, budget=1.5)
PATIENCE = 20.0
TRIES = 4


@dataclass
class RecordedDoor:
    """Keeps the pulses; `broken` fails; `before` is called when it is driven."""

    pulses: list[int] = field(default_factory=list)
    broken: bool = False
    before: Callable[[], Any] | None = None

    @property
    def state(self) -> DoorState:
        return DoorState.AWAY if self.broken else DoorState.READY

    async def open(self, pulse_ms: int) -> None:
        if self.before is not None:
            self.before()
        if self.broken:
            raise DoorFailed("no relay")
        self.pulses.append(pulse_ms)

    async def close(self) -> None:
        return


async def paired(server: Standin, folder: Path, *, origin: str = "", code: str = CODE) -> Identity:
    """Pair in the folder, by way of `origin` where something stands between."""
    return await asyncio.to_thread(pair, folder, origin or server.origin, code)


@asynccontextmanager
async def started(folder: Path, door: DoorOutput | None = None, pace: Pace = QUICK) -> AsyncIterator[Reader]:
    """The reader of a paired folder, running; not yet known whether it reaches its server."""
    claimed = claim(folder)
    reader = Reader(folder, Fittings((), door or RecordedDoor()), pace)
    task = asyncio.create_task(reader.run())
    try:
        yield reader
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await reader.close()
        os.close(claimed)


@asynccontextmanager
async def running(
    server: Standin,
    folder: Path,
    door: RecordedDoor | None = None,
    *,
    origin: str = "",
    pace: Pace = QUICK,
) -> AsyncIterator[Reader]:
    """Paired, running, asking, with a bundle in its hand."""
    await paired(server, folder, origin=origin)
    async with started(folder, door, pace) as reader:
        await ready(reader)
        yield reader


async def ready(reader: Reader) -> None:
    """Wait until it asks and holds a bundle."""
    await until(lambda: reader.reach.asking and reader.desk.holding.bundle is not None)


async def at_best(once: Callable[[Path], Awaitable[float]], folder: Path, most: float) -> float:
    """The seconds of the quickest of a few tries, the first below `most` being enough.

    A crowded machine has its moments. Each try has a folder of its own.
    """
    took = [await once(folder / "0")]
    while min(took) >= most and len(took) < TRIES:
        took.append(await once(folder / str(len(took))))
    return min(took)


async def until(true: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Wait for something that must come true."""
    async with asyncio.timeout(patience):
        while not true():
            await asyncio.sleep(0.01)
