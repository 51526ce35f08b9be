"""From a text that was seen to a door: ask for 300 ms, or decide alone; write, sync, and only then open."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from edge.asking import ask, last_counter
from edge.caller import Caller, NoAnswer, Refused
from edge.clock import Clock
from edge.disk import Disk
from edge.door import DoorFailed, DoorOutput
from edge.holding import Holding
from edge.journal import Journal, Presented, left_pending, pending_of
from edge.store import Store, StoreFailed
from sallyport.codes import OpenedCode
from sallyport.offline import Judge
from sallyport.offline.deciding import Alone
from sallyport.reasons import Reason
from sallyport.rules import refuse

ACTED_ON: Final = 2.0  # seconds from the presentation; a door that opens later opens for somebody else
TAKEN: Final = "event_id_reused"  # there is an event of this number
_COUNT_WRONG: Final = frozenset({TAKEN, "counter_leaps"})
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a presentation. `counter` is None where not even a number was written."""

    granted: bool
    reason: Reason
    alone: bool
    counter: int | None
    opened: bool = False
    text: str = ""  # the server's, for the person; empty when it was decided alone


class Line(Protocol):
    """What deciding must know of the network, and tell it."""

    @property
    def asking(self) -> bool:
        """Whether the server is asked: false while it is cut off."""
        ...

    @property
    def suspended(self) -> bool:
        """Whether the server has said that this reader may open nothing."""
        ...

    def cut(self, why: str) -> None:
        """The server did not answer in time."""
        ...

    def entry_written(self) -> None:
        """There is something to hand in."""
        ...


@dataclass(slots=True)
class Trouble:
    """What is wrong with this reader itself, for the status; empty when nothing is."""

    disk: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What deciding is done with."""

    store: Store
    journal: Journal
    holding: Holding
    clock: Clock
    caller: Caller
    line: Line
    door: DoorOutput
    disk: Disk
    trouble: Trouble


class Decider:
    """Takes presentations one after the other: a door has room for one."""

    def __init__(
        self,
        parts: Parts,
        *,
        granted: Callable[[int, int], None],
        driven: Callable[[int, bool], Awaitable[None]],
        budget: float,
    ) -> None:
        """`granted(counter, pulse_ms)` is said before the door is driven, `driven(counter, opened)` after.

        `budget` is in seconds, from the presentation's turn to going on alone.
        """
        self._granted = granted
        self._parts = parts
        self._driven = driven
        self._budget = budget
        self._turn = asyncio.Lock()

    async def present(
        self, code: str, challenges: tuple[int, ...] = (), *, seen_at: float | None = None
    ) -> Outcome:
        """Decide about a text and, if it is granted, drive the door. Raises nothing for any text.

        `seen_at` by `time.monotonic()`, now where it is not said. What has waited too long is dropped:
        whoever showed it has gone, and is not to be let in, nor their code used up.
        """
        seen_at = time.monotonic() if seen_at is None else seen_at
        async with self._turn:
            began = time.monotonic()  # of asking: it is not cut short by having waited
            if began - seen_at >= ACTED_ON:
                log.error("dropped: it waited %.1f s for its turn", began - seen_at)
                return Outcome(False, Reason.SERVER_UNAVAILABLE, True, None)
            try:
                outcome, pulse_ms = await self._decide(code, challenges, began)
                self._parts.trouble.disk = ""
            except StoreFailed as error:
                # Without its journal it can neither ask (the number must be kept) nor decide.
                log.error("the disk does not take it: %s", error)
                self._parts.trouble.disk = "full" if error.full else "failed"
                return Outcome(False, Reason.SERVER_UNAVAILABLE, True, None)
            if not outcome.granted or outcome.counter is None:
                return outcome
            return await self._drive(outcome, outcome.counter, pulse_ms, seen_at)

    def finish(self) -> None:
        """Write down what the last run was killed with; nobody knows what the server said; it opens nothing.

        Blocks for the disk. Raises StoreFailed, StoreUnreadable.
        """
        shown = left_pending(self._parts.store)
        if shown is not None:
            self._write(shown, Reason.SERVER_UNAVAILABLE)

    async def _decide(self, code: str, challenges: tuple[int, ...], began: float) -> tuple[Outcome, int]:
        parts = self._parts
        shown = Presented(code, parts.clock.now_ms(), challenges)
        if not parts.line.asking or parts.line.suspended:
            return await self._alone(shown)
        opened, known = await parts.disk.run(self._peek, shown)
        if known:
            # It passed here while the network was gone, and the server has not been told yet.
            return await self._alone(shown)
        counter = await parts.disk.run(parts.store.take_counter, pending_of(shown))
        shown = Presented(code, shown.at_ms, challenges, counter)
        try:
            async with asyncio.timeout(max(0.001, self._budget - (time.monotonic() - began))):
                answer = await ask(parts.caller, shown)
        except (NoAnswer, TimeoutError) as error:
            parts.line.cut(str(error) or "silence")
            return await self._alone(shown)
        except Refused as error:
            log.warning("the server refused to decide: %s", error)
            if error.code not in _COUNT_WRONG:
                return await self._refused(shown, _told(error.code))
            await self._learn_count()
            if error.code == TAKEN:  # by another presentation: this one is no event, nor after a restart
                await parts.disk.run(parts.store.settle, None, shown.at_ms)
            return Outcome(False, _told(error.code), False, counter), 0
        await parts.disk.run(self._settle, shown, opened if answer.granted else None, answer.granted)
        outcome = Outcome(answer.granted, answer.reason, False, shown.counter, text=answer.text)
        return outcome, answer.pulse_ms

    async def _learn_count(self) -> None:
        """Learn where the count stands, so that the next presentation is right. Where nobody says it, that
        one asks again: nothing is decided under a number that is on record.
        """
        try:
            async with asyncio.timeout(self._budget):
                least = await last_counter(self._parts.caller, patience=self._budget)
        except (NoAnswer, Refused, TimeoutError) as error:
            log.warning("where the count stands is not known yet: %s", str(error) or "silence")
            return
        await self._parts.disk.run(self._parts.store.raise_counter, least)

    def _peek(self, shown: Presented) -> tuple[OpenedCode | None, bool]:
        """What this code is, and whether it has opened this door already without the server knowing."""
        judge = self._parts.holding.judge
        opened = _opened(judge, shown) if judge is not None else None
        use = opened.use_key if opened is not None else None
        return opened, use is not None and self._parts.journal.used_unknown_to_server(use)

    def _settle(self, shown: Presented, opened: OpenedCode | None, granted: bool) -> None:
        """The server has decided. Where it has let pass, its own clock stood beside this time."""
        floor_ms = self._floor_ms(shown, opened) if granted else 0
        use = opened.use_key if opened is not None else None
        self._parts.store.settle(use, shown.at_ms, floor_ms)
        self._parts.clock.seen(floor_ms)

    def _floor_ms(self, shown: Presented, opened: OpenedCode | None) -> int:
        """The time that letting this pass vouches for: no clock that goes wrong carries it further than the
        trust in the list reaches, and what was refused vouches for nothing.
        """
        issued_ms = 1000 * opened.issued if opened is not None else 0
        return self._parts.holding.vouched_ms(max(shown.at_ms, issued_ms))

    async def _alone(self, shown: Presented) -> tuple[Outcome, int]:
        if self._parts.line.suspended:
            return await self._refused(shown, Reason.READER_SUSPENDED)
        return await self._parts.disk.run(self._write, shown, None)

    async def _refused(self, shown: Presented, reason: Reason) -> tuple[Outcome, int]:
        return await self._parts.disk.run(self._write, shown, reason)

    def _write(self, shown: Presented, refusal: Reason | None) -> tuple[Outcome, int]:
        """Decide and journal, on the disk's thread; on the disk when it returns."""
        parts = self._parts
        judge = parts.holding.judge
        now = shown.at_ms // 1000
        if judge is None or refusal is not None:
            place = judge.bundle.door.access_point if judge else parts.caller.identity.access_point
            why = refusal or Reason.SERVER_UNAVAILABLE
            alone = Alone(refuse(why, now=now, access_point=place), None)
        else:
            alone = judge.decide(
                shown.code,
                now=now,
                challenges=shown.challenges,
                used=parts.store.was_used,
                inside=parts.journal.inside,
            )
        floor_ms = self._floor_ms(shown, alone.opened) if alone.decision.granted else 0
        entry = parts.journal.append(shown, alone, parts.holding.point, floor_ms)
        parts.clock.seen(floor_ms)
        parts.line.entry_written()
        pulse_ms = judge.bundle.pulse_ms if judge else 0
        return Outcome(entry.granted, entry.reason, True, entry.counter), pulse_ms

    async def _drive(self, outcome: Outcome, counter: int, pulse_ms: int, seen_at: float) -> Outcome:
        opened = False
        if time.monotonic() - seen_at >= ACTED_ON:
            log.error("granted too late to open: %.1f s", time.monotonic() - seen_at)
        else:
            try:
                self._granted(counter, pulse_ms)
                await self._parts.door.open(pulse_ms)
                opened = True
                self._parts.trouble.door = ""
            except DoorFailed as error:
                log.error("the door was not driven: %s", error)
                self._parts.trouble.door = str(error)
        await self._driven(counter, opened)
        return Outcome(True, outcome.reason, outcome.alone, counter, opened, outcome.text)


def _opened(judge: Judge, shown: Presented) -> OpenedCode | None:
    return judge.decide(
        shown.code, now=shown.at_ms // 1000, challenges=shown.challenges, used=lambda use: False
    ).opened


def _told(code: str) -> Reason:
    """The reason of a refusal without a verdict, as far as it is one."""
    try:
        return Reason(code)
    except ValueError:
        return Reason.SERVER_UNAVAILABLE
