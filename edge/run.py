"""The running reader: codes come in, doors open, and the chores go on beside."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from edge import status
from edge.caller import Caller
from edge.chores import CHORES, Desk, Pace
from edge.clock import Clock
from edge.decide import Decider, Outcome, Parts, Trouble
from edge.disk import Disk
from edge.door import DoorFailed, DoorOutput, DoorState
from edge.files import claim
from edge.holding import Holding
from edge.identity import finish_pairing, load
from edge.journal import Journal
from edge.ownkey import OwnKey
from edge.reach import Reach
from edge.renewal import renew
from edge.socket import Socket
from edge.source import CodeSource, SourceState
from edge.store import CUT, Store, StoreFailed, finish_wipe, wipe
from edge.sweeping import sweep
from edge.witness import Witnessing
from sallyport.reader_protocol import key_print

ENDED: Final = 0
WIPED: Final = 4
LOOK: Final = 30.0  # seconds between two looks at a door that is away
Tell = Callable[[str, int, int | None], None]  # kind of door event, unix ms, counter of the grant
log = logging.getLogger(__name__)


class Watch(Protocol):
    """What knows whether a driven door was opened: a contact, an exit button."""

    def granted(self, counter: int, pulse_ms: int) -> None:
        """Said just before the door is driven."""
        ...

    async def run(self) -> None:
        """Look on until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Fittings:
    """What is fitted at this door. `watch` is called with the reader's clock and with whom to tell, from any
    thread; without one, a door counts as opened once it was driven.
    """

    sources: Sequence[CodeSource]
    door: DoorOutput
    cameras: Sequence[CodeSource] = ()  # those of the sources that take pictures
    decoder: str = ""  # "ready", "missing" or nothing to say
    watch: Callable[[Callable[[], int], Tell], Watch] | None = None


async def run(folder: Path, fittings: Fittings, *, pace: Pace | None = None) -> int:
    """Run until SIGTERM or SIGINT (0), or until the server has had it wiped (4).

    Raises NotPaired, InUse, StoreFailed.
    """
    claimed = claim(folder)
    try:
        finish_wipe(folder)
        finish_pairing(folder)
        reader = Reader(folder, fittings, pace or Pace())
        try:
            await reader.run()
        except Exception:
            if not reader.reach.wiped:
                raise
            log.exception("it ended badly, and is wiped all the same")
        finally:
            await reader.close()
        if not reader.reach.wiped:
            return ENDED
        wipe(folder)
        log.warning("wiped: key and store are destroyed")
        return WIPED
    finally:
        os.close(claimed)


class Reader:
    """All parts of one running reader, put together."""

    def __init__(self, folder: Path, fittings: Fittings, pace: Pace) -> None:
        self._folder = folder
        self._fittings = fittings
        identity, present = load(folder)
        key = OwnKey(present)
        store = Store(folder)
        clock = Clock(store)
        disk = Disk()
        self.reach = Reach(
            clock,
            keep=lambda at_ms: disk.begin(store.set_number, CUT, at_ms),
            suspended=bool(store.number("suspended")),
            last_cut_ms=store.number(CUT) or None,
        )
        self._trouble = Trouble()
        self._last: Outcome | None = None
        self._watched = 0  # counter of the last grant that the watch knows of
        self._witnessing = Witnessing(store, identity, key)
        self.desk = Desk(
            store=store,
            journal=Journal(store, identity, key),
            holding=Holding(store, identity, clock),
            clock=clock,
            caller=Caller(identity, key, now_ms=clock.now_ms),
            reach=self.reach,
            disk=disk,
            parts_state=self._parts_state,
            pace=pace,
        )
        self._socket = Socket(self.desk, self._witnessing)
        self._watch = fittings.watch(clock.now_ms, self._tell) if fittings.watch else None
        self.decider = Decider(self._parts(), granted=self._granted, driven=self._driven, budget=pace.budget)

    def _parts(self) -> Parts:
        desk = self.desk
        return Parts(
            store=desk.store,
            journal=desk.journal,
            holding=desk.holding,
            clock=desk.clock,
            caller=desk.caller,
            line=self.reach,
            door=self._fittings.door,
            disk=desk.disk,
            trouble=self._trouble,
        )

    async def run(self) -> None:
        """Until it is told to end. What it does not understand ends it too: the service starts it anew."""
        ending = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ending.set)
        try:
            await self.desk.disk.run(self.decider.finish)
        except StoreFailed as error:  # a full disk: it runs, refuses and says so
            log.error("the last run's presentation is not written: %s", error)
        server = await status.serve(self._folder, self.status)
        try:
            async with asyncio.TaskGroup() as group:
                tasks: list[asyncio.Task[None]] = [
                    group.create_task(chore(self.desk)) for chore in (*CHORES, sweep, renew)
                ]
                tasks += [group.create_task(self._socket.run()), group.create_task(self._socket.poll())]
                tasks += [group.create_task(self._see(source)) for source in self._fittings.sources]
                tasks.append(group.create_task(self._look()))
                if self._watch is not None:
                    tasks.append(group.create_task(self._watch.run()))
                await self._until_end(ending)
                for task in tasks:
                    task.cancel()
        finally:
            server.close()

    async def close(self) -> None:
        """Give back hardware, connections and the disk; hardware that fails at it holds up nothing else."""
        parts: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            *((source.name, source.close) for source in self._fittings.sources),
            ("door", self._fittings.door.close),
            ("line", self.desk.caller.close),
        ]
        for name, close in parts:
            try:
                await close()
            except Exception:
                log.exception("not given back: %s", name)
        self.desk.disk.close()
        self.desk.store.close()

    async def status(self) -> dict[str, Any]:
        """How it is, for `sallyport-reader status`; no code, no name, no key."""
        desk, bundle, last = self.desk, self.desk.holding.bundle, self._last
        epoch, seq = desk.holding.point
        return {
            "reader": desk.caller.identity.name,
            "key": key_print(desk.caller.key.public.raw),
            "server": desk.caller.identity.origin,
            "asking": self.reach.asking,
            "socket": self._socket.open,
            "offline_since_ms": self.reach.offline_since_ms,
            "suspended": self.reach.suspended,
            "epoch": epoch,
            "seq": seq,
            "bundle": bundle.number if bundle else None,
            "list_at_ms": bundle.at_ms if bundle else None,
            "queue": await desk.disk.run(lambda: desk.journal.queue),
            "now_ms": desk.clock.now_ms(),
            "clock_behind_ms": desk.clock.behind_ms(),
            "disk": self._trouble.disk or "ready",
            "door_trouble": self._trouble.door,
            "ledger_forked": await desk.disk.run(lambda: self._witnessing.forked),
            "notice": self.reach.notice,
            "sources": {source.name: source.state.value for source in self._fittings.sources},
            "last": [last.granted, last.reason.value, last.alone, last.opened] if last else None,
            **self._parts_state(),
        }

    async def _see(self, source: CodeSource) -> None:
        async for seen in source.codes():
            outcome = self._last = await self.decider.present(seen.text, seen_at=seen.at)
            log.info(
                "%s: event %s %s%s",
                source.name,
                outcome.counter,
                outcome.reason.value,
                " (alone)" if outcome.alone else "",
            )

    async def _look(self) -> None:
        """A relay in the network says nothing by itself: asked at the start, and while it is away."""
        look = getattr(self._fittings.door, "look", None)
        while look is not None:
            if self._fittings.door.state is DoorState.AWAY:
                with contextlib.suppress(DoorFailed):
                    await look()
            await asyncio.sleep(LOOK)

    def _parts_state(self) -> dict[str, str]:
        states = {source.state for source in self._fittings.cameras}
        camera = SourceState.AWAY if SourceState.AWAY in states else SourceState.READY
        return {
            "camera": camera.value if states else "",  # nothing is said of one that is not fitted
            "door": self._fittings.door.state.value,
            "decoder": self._fittings.decoder,
        }

    async def _until_end(self, ending: asyncio.Event) -> None:
        while not ending.is_set() and not self.reach.wiped:
            try:
                async with asyncio.timeout(0.1):
                    await ending.wait()
            except TimeoutError:
                continue

    def _granted(self, counter: int, pulse_ms: int) -> None:
        if self._watch is not None:
            self._watched = counter
            self._watch.granted(counter, pulse_ms)

    async def _driven(self, counter: int, opened: bool) -> None:
        if self._watched != counter:  # else the watch tells what came of it, once
            kind = "opened" if opened else "not_opened"
            self._tell(kind, self.desk.clock.now_ms(), counter)

    def _tell(self, kind: str, at_ms: int, counter: int | None) -> None:
        self.desk.disk.begin(self._write_door_event, kind, at_ms, counter)

    def _write_door_event(self, kind: str, at_ms: int, counter: int | None) -> None:
        self.desk.store.add_door_event(kind, at_ms, counter)
        self.reach.entry_written()
