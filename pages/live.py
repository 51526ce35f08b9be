"""The console's live hints: that something happened, never what. The page asks for the rest by itself.

One watcher per company and process looks for new events while a console is open, and passes on what readers
acknowledge. A hint carries no data, so that permissions are held at one place: the views.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from django.db import DatabaseError

from pages.figures import newest_event
from tenants import live
from tenants.refs import CompanyRef
from tenants.turns import Turns

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 0.5
TOPICS: Final = ("acks", "policy", "checkpoint", "alarms", "visits")
Tell = Callable[[str], Awaitable[None]]
# Threads of its own: a console that looks must not queue behind readers that come back.
_turns = Turns(3, 1, "console-live")


async def in_company(ref: CompanyRef, unit: Callable[[], Any]) -> Any:
    """Run a synchronous unit with the company entered, on this room's threads."""
    return await _turns.inside(ref, unit)


class Watcher:
    """What the open consoles of one company share in this process."""

    def __init__(self, ref: CompanyRef) -> None:
        self.ref = ref
        self.consoles: set[Tell] = set()
        self.task: asyncio.Task[None] | None = None
        self.unsubscribe: list[Callable[[], None]] = []
        self.wake = asyncio.Event()

    def start(self) -> None:
        """Begin to look and to listen."""
        hub = live.hub()
        for topic in TOPICS:
            self.unsubscribe.append(hub.listen(self.ref.id, topic, self._teller(topic)))
        self.unsubscribe.append(hub.listen(self.ref.id, "scans", lambda payload: self.wake.set()))
        self.task = asyncio.get_running_loop().create_task(self._look())

    def stop(self) -> None:
        """End both."""
        for end in self.unsubscribe:
            end()
        self.unsubscribe.clear()
        if self.task is not None:
            self.task.cancel()

    def _teller(self, topic: str) -> Callable[[Any], Awaitable[None]]:
        async def told(payload: Any) -> None:
            await self.tell(topic)

        return told

    async def tell(self, hint: str) -> None:
        """Pass a hint to every console; one that went away does not stop the others."""
        for console in list(self.consoles):
            with contextlib.suppress(RuntimeError):
                await console(hint)

    async def _look(self) -> None:
        last: int | None = None
        while True:
            try:
                newest = await in_company(self.ref, newest_event)
            except DatabaseError:
                logger.warning("the live feed cannot read; it looks again")
            except Exception:
                # The page says that it is live: whatever went wrong, the looking must not end.
                logger.exception("the live feed failed; it looks again")
            else:
                if last is not None and newest != last:
                    await self.tell("scans")
                last = newest
            self.wake.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), LOOK_SECONDS)


_watchers: dict[tuple[int, int], Watcher] = {}


def join(ref: CompanyRef, console: Tell) -> None:
    """Tell this console from now on."""
    key = (id(asyncio.get_running_loop()), ref.id)
    watcher = _watchers.get(key)
    if watcher is None:
        watcher = _watchers[key] = Watcher(ref)
        watcher.start()
    watcher.consoles.add(console)


def leave(ref: CompanyRef, console: Tell) -> None:
    """Tell this console no more; the last one ends the watching."""
    key = (id(asyncio.get_running_loop()), ref.id)
    watcher = _watchers.get(key)
    if watcher is None:
        return
    watcher.consoles.discard(console)
    if not watcher.consoles:
        watcher.stop()
        del _watchers[key]
