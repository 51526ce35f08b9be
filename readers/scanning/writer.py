"""Gathers scans into batches, sends them, and answers after COMMIT.

One lane per company: while a company's batch is on its way, its next scans gather. Several companies' calls
share one transaction where nothing speaks against it; a company that made trouble goes alone for a while. The
writer lives apart from the requests: a client that hangs up changes nothing here.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import errors

from readers.scanning.batch import Batch, decide, settle
from readers.scanning.channel import LOOK_AGAIN, Backend, Channel, ChannelLost, Reply, RunRefused
from readers.scanning.copy import Copy
from readers.scanning.policies import Policies
from readers.scanning.pool import Pool
from readers.scanning.scan import EventIdReused, Scan, Unavailable
from readers.scanning.underlock import LostUnderLock, commit_under_lock

MOST_IN_BATCH: Final = 128
MOST_WAITING: Final = 4_000
LONELY_SECONDS: Final = 5.0
STALLED_SECONDS: Final = 0.02
SWEEP_SECONDS: Final = 0.1
FENCE_PAUSE: Final = 0.1
UNDER_LOCK_TRY: Final = 2  # the third
# What a single event can cause by its values; everything else is the company's or the server's state.
_OF_AN_EVENT: Final = ("22", "23", "54", "P0", "XX")

LOCKED: Final = "55P03"  # a lock did not come in time

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Lane:
    """One company's scans."""

    copy: Copy
    waiting: list[Scan] = field(default_factory=list)
    parts: list[list[Scan]] = field(default_factory=list)  # pieces of a batch that failed, each to go alone
    on_its_way: bool = False
    queued: bool = False
    lonely_until: float = 0.0

    @property
    def has_work(self) -> bool:
        """Whether anything waits here."""
        return bool(self.waiting or self.parts)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections, how many of them at work while none is slow, companies in one transaction."""

    connections: int = 8
    at_work: int = 2
    companies: int = 16


class Writer:
    """Belongs to one event loop."""

    def __init__(self, conninfo: str, policies: Policies, limits: Limits) -> None:
        self._conninfo = conninfo
        self._policies = policies
        self._limits = limits
        self._pool = Pool(conninfo, limits.connections, self._wake)
        self._lanes: dict[int, Lane] = {}
        self._ready: deque[Lane] = deque()
        self._scans: dict[tuple[int, int, int], Scan] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._woken = False
        self._sweep: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None
        self._at_work = 0

    def start(self) -> None:
        """Begin to connect."""
        self._pool.start()

    async def close(self) -> None:
        """Finish what is on its way, then close."""
        while self._tasks:
            await asyncio.wait(self._tasks, timeout=1.0)
            if all(scan.answer.done() for scan in self._scans.values()):
                break
        for handle in (self._sweep, self._stall):
            if handle is not None:
                handle.cancel()
        await self._pool.close()

    def submit(self, copy: Copy, scan: Scan) -> Scan:
        """Take a scan in; its `answer` comes after COMMIT. A repetition gets the scan that is on its way.

        Raises EventIdReused, Unavailable.
        """
        key = (copy.ref.id, scan.reader, scan.counter)
        same = self._scans.get(key)
        if same is not None:
            if same.code_hash != scan.code_hash:
                raise EventIdReused("this event id is on its way with another code")
            return same
        if self._pool.down or len(self._scans) >= MOST_WAITING:
            raise Unavailable("the database is away" if self._pool.down else "too many scans are waiting")
        self._scans[key] = scan
        scan.answer.add_done_callback(lambda _: self._scans.pop(key, None))
        self._queue(self._lane(copy), [scan])
        return scan

    def _lane(self, copy: Copy) -> Lane:
        lane = self._lanes.get(copy.ref.id)
        if lane is None:
            lane = self._lanes[copy.ref.id] = Lane(copy)
        lane.copy = copy
        return lane

    def _queue(self, lane: Lane, scans: Sequence[Scan], *, in_front: bool = False) -> None:
        if in_front:
            lane.waiting[:0] = scans
        else:
            lane.waiting += scans
        self._enlist(lane)

    def _enlist(self, lane: Lane) -> None:
        if lane.has_work and not lane.on_its_way and not lane.queued:
            lane.queued = True
            self._ready.append(lane)
        if self._sweep is None:
            self._sweep = self._loop.call_later(SWEEP_SECONDS, self._give_up_late)
        self._wake()

    def _wake(self) -> None:
        # At the end of this round of the loop: what arrives in one round goes out together.
        if not self._woken:
            self._woken = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        self._woken = False
        while self._ready and self._may_start():
            channel = self._pool.take()
            if channel is None:
                if self._pool.down:
                    self._refuse_all()
                return
            batches = self._gather()
            if not batches:
                self._pool.give(channel)
                continue
            self._at_work += 1
            self._spawn(self._run(channel, batches))

    def _may_start(self) -> bool:
        if self._at_work < self._limits.at_work:
            return True
        since = min((channel.busy_since for channel in self._pool.busy()), default=0.0)
        if self._loop.time() - since >= STALLED_SECONDS:
            return True
        if self._stall is None:
            self._stall = self._loop.call_later(STALLED_SECONDS, self._after_stall)
        return False

    def _after_stall(self) -> None:
        self._stall = None
        self._wake()

    def _gather(self) -> list[tuple[Lane, Batch]]:
        """Decide for as many companies as may share a transaction."""
        batches: list[tuple[Lane, Batch]] = []
        now = self._loop.time()
        for _ in range(len(self._ready)):
            if len(batches) >= self._limits.companies:
                break
            lane = self._ready.popleft()
            alone = bool(lane.parts) or lane.lonely_until > now
            if alone and batches:
                self._ready.append(lane)
                continue
            lane.queued = False
            batch = self._decide(lane, now)
            if batch is not None:
                lane.on_its_way = True
                batches.append((lane, batch))
                if alone:
                    break
        if len(batches) > 1 and any(batch.call.moves is not None for _, batch in batches):
            # Areas are locked: in one order of companies, or two transactions wait for each other.
            batches.sort(key=lambda one: one[0].copy.ref.id)
        return batches

    def _decide(self, lane: Lane, now: float) -> Batch | None:
        if lane.parts:
            scans = lane.parts.pop(0)
        else:
            scans, lane.waiting = lane.waiting[:MOST_IN_BATCH], lane.waiting[MOST_IN_BATCH:]
        in_time = [scan for scan in scans if scan.deadline > now]
        if len(in_time) < len(scans):
            _refuse((scan for scan in scans if scan.deadline <= now), "it took too long")
        judged = decide(lane.copy, in_time)
        if judged.waiting:
            self._spawn(self._learn(lane, judged.waiting, judged.missing))
        if judged.later:
            lane.waiting[:0] = judged.later
        if judged.batch is None:
            self._release(lane)
        return judged.batch

    async def _learn(self, lane: Lane, scans: list[Scan], people: set[int]) -> None:
        try:
            await self._policies.refresh(lane.copy, people)
            await self._policies.look_inside(lane.copy, scans)
        except Unavailable:
            _refuse(scans, "the policy could not be read")
        except Exception:
            _refuse(scans, "the policy could not be understood")
            raise
        else:
            # The lane may have been let go meanwhile.
            self._queue(self._lane(lane.copy), scans, in_front=True)

    async def _run(self, channel: Channel, batches: list[tuple[Lane, Batch]]) -> None:
        try:
            replies = await channel.run([batch.call for _, batch in batches])
        except RunRefused as refused:
            self._free(channel)
            self._refused(batches, refused)
        except ChannelLost as lost:
            self._free(channel)
            logger.warning("a connection was lost under scans: %s", str(lost).splitlines()[:1])
            await self._find_out(batches, channel.backend)
        else:
            self._free(channel)
            for (lane, batch), reply in zip(batches, replies, strict=True):
                self._done(lane, batch, reply)

    def _free(self, channel: Channel) -> None:
        self._at_work -= 1
        self._pool.give(channel)
        self._wake()

    def _done(self, lane: Lane, batch: Batch, reply: Reply) -> None:
        if (reply.epoch, reply.seq) == (batch.call.epoch, batch.call.seq):
            settle(batch, reply)
            self._release(lane)
        else:
            self._spawn(self._decide_again(lane, batch, look_again=reply.epoch == LOOK_AGAIN))

    async def _decide_again(self, lane: Lane, batch: Batch, *, look_again: bool) -> None:
        """The policy has moved, or somebody went in or out meanwhile: nothing was written."""
        scans = batch.scans
        for scan in scans:
            scan.tries += 1
        try:
            past = (0, 0) if look_again else (batch.call.epoch, batch.call.seq)
            await self._policies.refresh(lane.copy, _people(scans), past=past)
            if batch.call.moves is not None:
                await self._policies.look_inside(lane.copy, scans)
            scans = [scan for scan in scans if not scan.answer.done()]  # others were given up meanwhile
            if scans and max(scan.tries for scan in scans) >= UNDER_LOCK_TRY:
                await self._under_lock(lane, scans)
            else:
                lane.waiting[:0] = scans
        except Unavailable:
            _refuse(scans, "the policy could not be read")
        except Exception:
            _refuse(scans, "the policy could not be understood")
            raise
        finally:
            self._release(lane)

    async def _under_lock(self, lane: Lane, scans: list[Scan]) -> None:
        try:
            judged, reply = await self._policies.in_thread(
                lane.copy.ref.id, lambda: commit_under_lock(self._conninfo, lane.copy, scans)
            )
        except LostUnderLock as lost:
            if await self._fenced(scans, lost.backend):
                lane.waiting[:0] = scans
        except errors.LockNotAvailable:
            lane.waiting[:0] = scans  # until their deadline
        except (psycopg.Error, LookupError) as error:
            logger.warning("a scan under the lock failed: %s", type(error).__name__)
            _refuse(scans, "the database refused")
        else:
            if judged.batch is not None and reply is not None:
                settle(judged.batch, reply)
            lane.waiting[:0] = judged.later
            # What even this reading could not decide is refused, never left without an answer.
            _refuse(judged.waiting, "its facts could not be read")

    def _refused(self, batches: list[tuple[Lane, Batch]], refused: RunRefused) -> None:
        """Nothing was written. The company at fault answers for itself; the others go again."""
        until = self._loop.time() + LONELY_SECONDS
        for place, (lane, batch) in enumerate(batches):
            guilty = len(batches) == 1 or refused.at == place
            if guilty or refused.at is None:
                lane.lonely_until = until
            if not guilty:
                lane.waiting[:0] = batch.scans
            elif refused.state == LOCKED and batch.call.moves is not None:
                _take_apart(lane, batch)
            elif refused.state.startswith(_OF_AN_EVENT) and (len(batch.scans) > 1 or len(batches) > 1):
                lane.parts[:0] = _halves(batch.scans) if len(batches) == 1 else [batch.scans]
            else:
                logger.warning("scans of company %s failed: %s", lane.copy.ref.id, refused)
                _refuse(batch.scans, "the database refused")
            self._release(lane)

    async def _find_out(self, batches: list[tuple[Lane, Batch]], backend: Backend) -> None:
        """The outcome is not known: shut the old backend out, then ask again under the same event ids."""
        scans = [scan for _, batch in batches for scan in batch.scans]
        fenced = await self._fenced(scans, backend)
        for lane, batch in batches:
            if fenced:
                lane.waiting[:0] = batch.scans
            self._release(lane)

    async def _fenced(self, scans: Sequence[Scan], backend: Backend) -> bool:
        for scan in scans:
            scan.unsure = True
        latest = max(scan.deadline for scan in scans)
        while self._loop.time() < latest:
            try:
                await self._pool.fence(backend)
            except (psycopg.Error, OSError, TimeoutError):
                await asyncio.sleep(FENCE_PAUSE)
            else:
                return True
        _refuse(scans, "the outcome is not known")
        return False

    def _release(self, lane: Lane) -> None:
        lane.on_its_way = False
        if lane.has_work:
            self._enlist(lane)
        elif self._loop.time() >= lane.lonely_until and not lane.queued:
            self._lanes.pop(lane.copy.ref.id, None)

    def _give_up_late(self) -> None:
        """Answer scans whose time is up, wherever they are: waiting, being looked up, or on their way.

        What is committed all the same is told when the reader asks again.
        """
        self._sweep = None
        now = self._loop.time()
        for lane in list(self._lanes.values()):
            if any(scan.deadline <= now for scan in lane.waiting):
                lane.waiting = [scan for scan in lane.waiting if scan.deadline > now]
        _refuse([scan for scan in self._scans.values() if scan.deadline <= now], "it took too long")
        if any(not scan.answer.done() for scan in self._scans.values()):
            self._sweep = self._loop.call_later(SWEEP_SECONDS, self._give_up_late)

    def _refuse_all(self) -> None:
        for lane in self._ready:
            lane.queued = False
            scans = [*lane.waiting, *(scan for part in lane.parts for scan in part)]
            lane.waiting, lane.parts = [], []
            _refuse(scans, "the database is away")
        self._ready.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("the writer of scans failed", exc_info=task.exception())


def _refuse(scans: Iterable[Scan], why: str) -> None:
    for scan in scans:
        scan.fail(Unavailable(why))


def _take_apart(lane: Lane, batch: Batch) -> None:
    """An area was locked: those who move nobody go together, the others each by itself, and one again."""
    pairs = list(zip(batch.scans, batch.rows, strict=True))
    others = [scan for scan, row in pairs if row.move is None]
    watched = [scan for scan, row in pairs if row.move is not None]
    if len(watched) == 1:
        lane.waiting[:0] = watched  # until its deadline
    else:
        lane.parts[:0] = [[scan] for scan in watched]
    if others:
        lane.parts.insert(0, others)


def _halves(scans: list[Scan]) -> list[list[Scan]]:
    middle = len(scans) // 2
    return [scans[:middle], scans[middle:]]


def _people(scans: Sequence[Scan]) -> set[int]:
    return {scan.opened.contents.credential for scan in scans if scan.opened}
