"""A reader program in this process at a door of a real system, its line between them."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.chores import Pace
from edge.identity import pair
from edge.run import Reader
from tests.edge.field import HOST, do
from tests.edge.fitted import RecordedDoor, started, until
from tests.edge.proxy import Proxy, between
from tests.fixtures.live import Live
from tests.readers.deeds import Office

# The suite's machine is slower than a door may be.
PATIENT = Pace(probe=2.0, contact=1.0, budget=1.9, longest_pause=1.0)
LONG = 60.0


@dataclass
class AtTheDoor:
    """A reader in this process, its line, and what the server has of it."""

    reader: Reader
    door: RecordedDoor
    line: Proxy
    office: Office
    name: str
    level: int

    async def code(self) -> str:
        """Of a phone of its own, as each is given one at a time; known here before the line is cut."""
        code = str(await do(self.office, "mint", await do(self.office, "phone", self.level)))
        if self.line.whole and not self.reader.reach.suspended:
            point = tuple(await do(self.office, "policy"))
            await until(lambda: self.reader.desk.holding.point >= point, LONG)
        return code

    async def recorded(self) -> dict[str, Any]:
        found: dict[str, Any] = await do(self.office, "recorded", self.name)
        return found

    async def all_told(self) -> dict[str, Any]:
        """The server's record once nothing waits any more."""
        desk = self.reader.desk
        await until(lambda: self.reader.reach.asking and desk.journal.queue == 0, LONG)
        await desk.disk.run(lambda: None)  # the door's word is begun with the verdict and written after it
        await until(lambda: not desk.store.door_events(1), LONG)
        return await self.recorded()


@asynccontextmanager
async def at_the_door(
    live: Live, office: Office, folder: Path, *, assurance: int = 1
) -> AsyncIterator[AtTheDoor]:
    """A new door with a reader that was paired by way of a line that can be cut."""
    word = f"{folder.name} {os.urandom(3).hex()}"
    laid = await do(office, "house", word, 1, assurance)
    async with between(live.place.port) as line:
        origin = f"http://{HOST}:{line.port}"
        identity = await asyncio.to_thread(pair, folder / "state", origin, laid["codes"][0])
        assert identity.name == laid["names"][0]
        door = RecordedDoor()
        async with started(folder / "state", door, PATIENT) as reader:
            await up(reader)
            yield AtTheDoor(reader, door, line, office, identity.name, laid["level"])


async def up(reader: Reader) -> None:
    """Wait until it asks, holds a bundle and has its socket."""
    await until(lambda: reader.reach.asking and reader.desk.holding.bundle and reader._socket.open, LONG)
