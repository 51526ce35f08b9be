"""Whether the server is within reach, and what follows from it: one place that all loops look at."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from edge.caller import NoAnswer
from edge.clock import Clock

log = logging.getLogger(__name__)


T = TypeVar("T")


class CutOff(NoAnswer):
    """Another request has found that the server is out of reach: this one is not waited for."""


@dataclass(slots=True)
class Reach:
    """Cut off until a first answer came. An event is set when there is something to do.

    `keep` has the disk remember since when it was cut off last (0 when a contact has told it): whoever takes
    the power as well does not take that away.
    """

    clock: Clock
    keep: Callable[[int], None]
    suspended: bool = False
    asking: bool = False
    offline_since_ms: int | None = None  # None while it asks
    last_cut_ms: int | None = None  # since when it was cut off last, until a contact has told it
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    back: asyncio.Event = field(default_factory=asyncio.Event)
    to_hand_in: asyncio.Event = field(default_factory=asyncio.Event)
    to_fetch: asyncio.Event = field(default_factory=asyncio.Event)
    to_contact: asyncio.Event = field(default_factory=asyncio.Event)
    to_renew: asyncio.Event = field(default_factory=asyncio.Event)
    key_unknown: asyncio.Event = field(default_factory=asyncio.Event)
    fetching: asyncio.Lock = field(default_factory=asyncio.Lock)  # of two bundles the later is the newer
    wiped: bool = False
    notice: str = ""  # version of a newer program
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def __post_init__(self) -> None:
        self.offline_since_ms = self.clock.now_ms()
        self.lost.set()

    def cut(self, why: str) -> None:
        """The server did not answer: decide alone from now on, and probe."""
        if not self.asking:
            return
        self.asking = False
        self.offline_since_ms = self.clock.now_ms()
        self._was_cut(self.offline_since_ms)
        self.back.clear()
        self.lost.set()
        log.warning("cut off (%s): deciding alone", why)

    def still_lost(self) -> None:
        """A probe has failed: whoever starts without its server is cut off too."""
        if self.last_cut_ms is None and self.offline_since_ms is not None:
            self._was_cut(self.offline_since_ms)

    def told_of(self, cut_ms: int | None) -> None:
        """A contact has told of this cut; not of one that came meanwhile."""
        if cut_ms is not None and self.last_cut_ms == cut_ms:
            self.last_cut_ms = None
            self.keep(0)

    def _was_cut(self, at_ms: int) -> None:
        self.last_cut_ms = at_ms
        self.keep(at_ms)

    def returned(self) -> None:
        """The server answered a probe: ask again, and tell it what happened meanwhile."""
        if self.asking:
            return
        self.asking = True
        self.offline_since_ms = None
        self.lost.clear()
        for event in (self.back, self.to_hand_in, self.to_contact):
            event.set()
        log.warning("the server is within reach: asking again")

    def entry_written(self) -> None:
        """There is something to hand in; said by the disk's thread."""
        self.loop.call_soon_threadsafe(self.to_hand_in.set)

    async def during(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns, given up when the server gets out of reach. Raises CutOff."""
        doing, lost = asyncio.ensure_future(work), asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait({doing, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise CutOff("cut off")
            return doing.result()
        finally:
            doing.cancel()
            lost.cancel()
            await asyncio.gather(doing, lost, return_exceptions=True)
