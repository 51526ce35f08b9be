"""`sallyport-reader doctor`: looks at everything a reader needs, and says of each in one line how it is.

It drives no door, takes no counter and tells the server nothing that counts: it may run at any time. While
the reader runs it has camera and door; then it is asked how they are.
"""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from edge import status
from edge.clock import Clock
from edge.config import Config, ConfigWrong
from edge.doctor_fit import decoder_verdict, door_verdict, source_verdict
from edge.doctor_line import asked, clock
from edge.identity import Identity, NotPaired, load
from edge.journal import Journal
from edge.sources.wiring import Camera, Folder, Recording
from edge.store import Store, StoreFailed, StoreUnreadable
from edge.verdict import Level, Verdict, bad, doubt, good
from sallyport.keys import Ed25519Signer

LITTLE: Final = 256 * 1024 * 1024  # bytes free: worth a word
LEAST: Final = 32 * 1024 * 1024  # bytes free: the journal of an outage may not fit
MANY: Final = 10_000  # entries that wait
NO_DISPLAY: Final = "nobody passes: use the reader page at this door, or take the number from its area"


def main(config: Config | ConfigWrong, state: Path) -> int:
    """Print a line for each; 0 where nothing is bad, else 1."""
    return asyncio.run(_main(config, state))


async def _main(config: Config | ConfigWrong, state: Path) -> int:
    worst = 0
    async for verdict in verdicts(config, state):
        sys.stdout.write(f"{verdict}\n")
        sys.stdout.flush()
        worst |= verdict.level is Level.BAD
    return int(worst)


async def verdicts(config: Config | ConfigWrong, state: Path) -> AsyncIterator[Verdict]:
    """Everything, in the order in which it is worth mending; of a wrong file, what is wrong with it."""
    running = await asyncio.to_thread(_running, state)
    if isinstance(config, ConfigWrong):
        yield bad("config", str(config), "nothing is fitted until it is right")
    async for verdict in _of_the_reader(state, running):
        yield verdict
    if isinstance(config, ConfigWrong):
        return
    if any(isinstance(source, Camera | Recording | Folder) for source in config.sources):
        yield await asyncio.to_thread(decoder_verdict)
    if running is not None:
        for verdict in _told(running):
            yield verdict
        return
    for source in config.sources:
        yield await source_verdict(source)
    yield await door_verdict(config.door, state)


async def _of_the_reader(state: Path, running: dict[str, Any] | None) -> AsyncIterator[Verdict]:
    """Identity, server, clock, journal and disk."""
    try:
        identity, key = load(state)
    except PermissionError as error:
        hint = "run it as the reader's user: sudo -u sallyport-reader …"
        yield bad("pairing", f"{error.filename} cannot be read ({error.strerror})", hint)
    except (NotPaired, OSError, ValueError) as error:
        yield bad("pairing", f"not paired ({error})", "draw a code in the console: sallyport-reader pair …")
    else:
        yield good("pairing", f"{identity.name} at {identity.origin}")
        line = await asked(identity, key)
        yield line.network
        if line.asks_for_number:
            yield bad("display", "the door asks for a number, and a reader program shows none", NO_DISPLAY)
        behind, queue = _kept(state, identity, key, running)
        if isinstance(queue, Verdict):
            yield queue
        else:
            yield clock(time.time(), line, behind)
            yield waiting(queue)
    yield disk(state)


def disk(folder: Path) -> Verdict:
    """Whether the journal of a long outage fits."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    found = f"{free / 1024 / 1024:.0f} MiB free"
    hint = "make room: without a journal entry no door opens"
    if free < LEAST:
        return bad("disk", found, hint)
    return doubt("disk", found, hint) if free < LITTLE else good("disk", found)


def waiting(queue: int) -> Verdict:
    """What has not been handed in yet."""
    if queue == 0:
        return good("journal", "everything is handed in")
    found = f"{queue} entries wait to be handed in"
    if queue > MANY:
        return doubt("journal", found, "a long outage: see that the network comes back within 30 days")
    return good("journal", found)


def _running(folder: Path) -> dict[str, Any] | None:
    try:
        return status.ask(folder)
    except status.NotRunning:
        return None


def _kept(
    folder: Path, identity: Identity, key: Ed25519Signer, running: dict[str, Any] | None
) -> tuple[int, int | Verdict]:
    """By how much the clock is behind, and what waits: from the running reader, else from its disk."""
    if running is not None:
        return int(running.get("clock_behind_ms") or 0), int(running.get("queue") or 0)
    try:
        store = Store(folder)
    except (StoreFailed, StoreUnreadable, OSError, ValueError) as error:
        return 0, bad("journal", f"cannot be opened ({error})", "look at owner, mode and space of the folder")
    try:
        return Clock(store).behind_ms(), Journal(store, identity, key).queue
    except (StoreFailed, StoreUnreadable) as error:
        return 0, bad("journal", f"cannot be read ({error})", "pair it again if it was wiped")
    finally:
        store.close()


def _told(running: dict[str, Any]) -> list[Verdict]:
    """Sources and door as the running reader has them."""
    found = []
    for name, state in dict(running.get("sources") or {}).items():
        if state == "ready":
            found.append(good("source", f"{name} is there (says the running reader)"))
        else:
            found.append(bad("source", f"{name} is {state} (says the running reader)", "look at its cable"))
    state = running.get("door")
    if state == "ready":
        found.append(good("door", "ready (says the running reader)"))
    else:
        found.append(bad("door", f"{state} (says the running reader)", "stop the reader and ask again"))
    return found
