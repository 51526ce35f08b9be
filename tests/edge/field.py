"""Reader programs at the doors of a real system: each a process, its line cut and mended by a proxy."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.identity import load
from edge.journal import Journal
from edge.store import Store
from tests.edge.film import PAUSE, film
from tests.edge.processes import ROOT, Process, process
from tests.edge.proxy import Cut, Proxy, between
from tests.fixtures.live import Live
from tests.readers.deeds import Office

HOST = "acme.localhost"
DEEDS = "tests.edge.deeds"
FILMS = ("before", "meanwhile", "after")


@dataclass
class Fielded:
    """One reader: its process, its line, its name at the server."""

    name: str
    process: Process
    line: Proxy

    def film(self, name: str, codes: Sequence[str]) -> None:
        """Show codes to its camera."""
        film(self.process.home / f"{name}.avi", codes)

    def cut(self, where: Cut) -> None:
        """From now on, and for what is open."""
        self.line.cut(where)
        self.line.drop()

    @property
    def opened(self) -> int:
        """How often its door was driven."""
        return len(self.process.openings())

    def journal(self) -> tuple[list[int], str]:
        """What its disk has, when it has ended: the counters of its entries, and the hash of the last one."""
        store = Store(self.process.state)
        try:
            kept = Journal(store, *load(self.process.state))
            return [entry.counter for entry in kept.entries()], kept.head[1].hex()
        finally:
            store.close()


async def do(office: Office, *words: Any) -> Any:
    """What a deed found."""
    return await asyncio.to_thread(office.do, *words)


def office_of(live: Live) -> Office:
    """Deeds at the company Acme."""
    return Office({**live.web.env, **live.env}, HOST, DEEDS)


@asynccontextmanager
async def fielded(live: Live, folder: Path, laid: dict[str, Any]) -> AsyncIterator[list[Fielded]]:
    """Readers paired by their program and running, each of them up to date."""
    async with AsyncExitStack() as stack:
        found = []
        for name, code in zip(laid["names"], laid["codes"], strict=True):
            home = folder / name.replace(" ", "-")
            home.mkdir()
            line = await stack.enter_async_context(between(live.place.port))
            await _run(home, "pair", f"http://{HOST}:{line.port}", code)
            config = _config(home)
            found.append(Fielded(name, await stack.enter_async_context(process(home, config)), line))
        for one in found:
            await one.process.up(asking=True, socket=True)
        yield found


async def _run(home: Path, *deed: str) -> None:
    await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "edge.cli", "--state", str(home / "state"), *deed],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


def _config(home: Path) -> Path:
    cameras = "".join(
        f'[[source]]\nkind = "recording"\npath = "{home}/{name}.avi"\npause = {PAUSE}\n' for name in FILMS
    )
    path = home / "reader.toml"
    path.write_text(f'{cameras}[door]\nkind = "simulated"\npath = "{home}/door.log"\n')
    return path
