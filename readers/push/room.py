"""A company's readers in this process: one look at the policy, one frame, a loop over the sockets."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from ledger import services as ledger
from ledger.signals import CHECKPOINT, POLICY
from readers import selectors, services
from readers.models import ReaderState
from readers.push.desk import Desk
from readers.push.line import START, Line, Point
from readers.push.work import in_company
from sallyport import reader_protocol as wire
from tenants import hosts, live
from tenants.refs import CompanyRef

logger = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
LOOK_SECONDS_DEAF = 2.0
SILENT_SECONDS = 60.0
CHECKPOINT_PAUSE = 5.0
BREATH = 0.0001  # seconds for each socket
LONGEST_BREATH = 0.25
CLOSE_TRY_AGAIN = 1013  # RFC 6455's registry: try again later
CLOSE_SILENT = 4408


class Room:
    """Every open reader socket of one company in this process."""

    def __init__(self, ref: CompanyRef, hub: live.Hub) -> None:
        self.ref = ref
        self.lines: set[Line] = set()
        self.known: Point | None = None  # what was last sent to all
        self.top: Point = START  # the newest point that is known to exist
        self.acks: Desk[tuple[Line, wire.Ack]] = Desk(self._store_acks)
        self.witnesses: Desk[tuple[Line, wire.Witness]] = Desk(self._store_witnesses)
        self._hub = hub
        self._doubtful = False  # a reader of ours may have been suspended; stays set until looked up
        self._changed = asyncio.Event()
        self._sealed = asyncio.Event()
        self._sealed.set()
        self._running: set[asyncio.Task[None]] = set()
        self._leave_topics = [
            hub.listen(ref.id, POLICY, self._on_policy),
            hub.listen(ref.id, CHECKPOINT, self._on_checkpoint),
        ]
        # Fail closed: no reader shows ready while nobody pushes. They come back to a room that is new.
        otherwise = partial(self._put_out_all, CLOSE_TRY_AGAIN)
        for loop in (self._watch_policy(), self._watch_ledger(), self.acks.run(), self.witnesses.run()):
            self._start(loop, otherwise)

    def _start(self, work: Coroutine[Any, Any, None], otherwise: Callable[[], None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(partial(self._ended, otherwise))

    def _start_for(self, line: Line, work: Coroutine[Any, Any, None]) -> None:
        self._start(work, partial(line.dismiss, CLOSE_TRY_AGAIN))

    def _ended(self, otherwise: Callable[[], None], task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("work for readers' sockets failed", exc_info=error)
            otherwise()

    def _put_out_all(self, code: int) -> None:
        for line in tuple(self.lines):
            line.dismiss(code)

    def close(self) -> None:
        """Stop listening; the room was left by its last reader."""
        for leave in self._leave_topics:
            leave()
        for task in tuple(self._running):
            task.cancel()

    def _on_policy(self, payload: object) -> None:
        self._changed.set()

    def _on_checkpoint(self, payload: object) -> None:
        self._sealed.set()

    # Policy

    async def _watch_policy(self) -> None:
        now = asyncio.get_running_loop().time
        due = now() + LOOK_SECONDS
        while True:
            patience = LOOK_SECONDS if self._hub.connected.is_set() else LOOK_SECONDS_DEAF
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self._spread()
            except DatabaseError:
                await asyncio.sleep(LOOK_SECONDS_DEAF)
                self._changed.set()
            if now() >= due:  # also while changes come so thick that the wait never ends by itself
                await self._rounds()
                due = now() + patience
            # What comes thick and fast goes out together: a frame for each change would only queue.
            await asyncio.sleep(min(LONGEST_BREATH, BREATH * len(self.lines)))

    async def _spread(self) -> None:
        """Send to all what changed since the last time: one look and one frame, however many sockets."""
        if self.known is None:  # the first reader is still being caught up and will set it
            return
        since = self.known
        told = await in_company(self.ref, services.delta_since, *since)
        delta = told.delta
        point = (delta.epoch, delta.seq)
        if point <= since:
            return
        self.known, self.top = point, max(self.top, point)
        frame = _frame(told)
        for line in tuple(self.lines):
            if line.busy or line.sent >= point:
                continue  # a busy line looks at `top` itself when it is done
            work = self._advance(line, frame, point) if line.sent >= since else self.catch_up(line)
            self._start_for(line, work)
        if not delta.complete:
            self._changed.set()
        touched = any(kind == "reader" for _, kind, _ in delta.changes)
        self._doubtful = self._doubtful or touched or delta.epoch != since[0]
        if self._doubtful:
            await self._check_readers()

    async def _advance(self, line: Line, frame: str, point: Point) -> None:
        line.busy = True
        try:
            await line.push(frame, point)
        finally:
            line.busy = False
        if line.sent < self.top:
            await self.catch_up(line)

    async def catch_up(self, line: Line) -> None:
        """Bring one reader from wherever it is to the present; at least one frame is sent."""
        line.busy = True
        try:
            while True:
                told = await in_company(self.ref, services.delta_since, *line.sent)
                delta = told.delta
                point = (delta.epoch, delta.seq)
                self.top = max(self.top, point)
                await line.push(_frame(told), point)
                if delta.complete and point >= self.top:
                    break
        finally:
            line.busy = False
        if self.known is None:
            self.known = line.sent
            self._changed.set()

    async def _check_readers(self) -> None:
        """Close the sockets of readers that were suspended, retired or given another key."""
        keys = await in_company(self.ref, selectors.reader_keys, [line.handle for line in self.lines])
        for line in tuple(self.lines):
            key = keys.get(line.handle)
            if key is None or key.public_key != line.key_raw:
                line.dismiss(wire.CLOSE_BAD_SIGNATURE)
            elif key.state != ReaderState.ACTIVE:
                line.dismiss(wire.CLOSE_SUSPENDED)
        self._doubtful = False

    # What readers say

    async def _store_acks(self, batch: list[tuple[Line, wire.Ack]]) -> None:
        acks = [
            services.Ack(line.handle, ack.epoch, ack.seq, ack.at_ms, ack.sig, line.key) for line, ack in batch
        ]
        verdicts = await in_company(self.ref, _store_and_tell, self.ref, acks, self.top)
        for (line, ack), verdict in zip(batch, verdicts, strict=True):
            if verdict is not services.AckVerdict.STORED:
                line.dismiss(wire.CLOSE_BAD_SIGNATURE)
            elif not line.ready and (ack.epoch, ack.seq) >= self.top:
                line.ready = True
                self._start_for(line, line.send_text(wire.encode(wire.Ready(ack.epoch, ack.seq))))
                self._sealed.set()

    async def _store_witnesses(self, batch: list[tuple[Line, wire.Witness]]) -> None:
        witnesses = [services.Witness(line.handle, said.number, said.sig, line.key) for line, said in batch]
        verdicts = await in_company(
            self.ref,
            services.record_witnesses,
            company=self.ref.uid,
            witnesses=witnesses,
            now=datetime.now(UTC),
        )
        for (line, _), holds in zip(batch, verdicts, strict=True):
            if not holds:
                line.dismiss(wire.CLOSE_BAD_SIGNATURE)

    async def fork(self, line: Line, said: wire.Fork) -> None:
        """A reader holds a checkpoint that excludes what we showed it: believed if the company signed it."""
        held = await in_company(self.ref, services.raise_proven_fork, line.handle, said, datetime.now(UTC))
        if not held:
            line.dismiss(wire.CLOSE_BAD_SIGNATURE)

    # Checkpoints and the round of the house

    async def _watch_ledger(self) -> None:
        while True:
            await self._sealed.wait()
            self._sealed.clear()
            try:
                await self._show_checkpoints()
            except DatabaseError:
                self._sealed.set()
            await asyncio.sleep(CHECKPOINT_PAUSE)

    async def _show_checkpoints(self) -> None:
        """Show every ready reader the checkpoints after its last; readers at one place share one query."""
        places: dict[int | None, list[Line]] = {}
        for line in self.lines:
            if line.ready:
                places.setdefault(line.checkpoint, []).append(line)
        for place, lines in places.items():
            found = await in_company(self.ref, selectors.checkpoints_after, self.ref.uid, place)
            frames = [wire.encode(wire.CheckpointPush(one.number, one.data, one.signature)) for one in found]
            for line in lines:
                if frames and line.checkpoint == place:
                    line.checkpoint = found[-1].number
                    self._start_for(line, _send_all(line, frames))

    async def _rounds(self) -> None:
        """Close all sockets of a company that is active no more, and silent ones; note who was heard."""
        if not await self._is_active():
            self._put_out_all(wire.CLOSE_UNKNOWN_HOST)
            return
        now = asyncio.get_running_loop().time()
        for line in tuple(self.lines):
            if now - line.heard > SILENT_SECONDS:
                line.dismiss(CLOSE_SILENT)
        alive = [line.handle for line in self.lines if now - line.heard <= SILENT_SECONDS]
        try:
            await in_company(self.ref, services.touch_readers, handles=alive, now=datetime.now(UTC))
        except DatabaseError:
            logger.info("heartbeats of readers were not noted")

    async def _is_active(self) -> bool:
        try:
            company = await in_company(self.ref, hosts.by_id, self.ref.id)
        except DatabaseError:
            return True  # nothing was said against it; without the database nothing is pushed either
        return company is not None and company.active


def _store_and_tell(ref: CompanyRef, acks: list[services.Ack], top: Point) -> list[services.AckVerdict]:
    newest = max((ack.epoch, ack.seq) for ack in acks)
    # A reader that pulled from another process may know more than this one: the counter decides.
    known = top if newest <= top else ledger.current_policy()
    verdicts = services.record_acks(company=ref.uid, acks=acks, known=known)
    services.tell_acks(company_id=ref.id, point=newest)
    return verdicts


def _frame(told: services.SignedDelta) -> str:
    delta = told.delta
    return wire.encode(wire.Delta(delta.epoch, delta.seq, delta.changes, told.data, told.signature))


async def _send_all(line: Line, frames: list[str]) -> None:
    for frame in frames:
        await line.send_text(frame)


_houses: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Room]] = WeakKeyDictionary()


def join(ref: CompanyRef, line: Line) -> Room:
    """Put a reader into its company's room, which opens with its first reader."""
    rooms = _houses.setdefault(asyncio.get_running_loop(), {})
    room = rooms.get(ref.id)
    if room is None:
        room = rooms[ref.id] = Room(ref, live.hub())
    room.lines.add(line)
    return room


def leave(room: Room, line: Line) -> None:
    """Take a reader out; the last one closes the room."""
    room.lines.discard(line)
    rooms = _houses.get(asyncio.get_running_loop(), {})
    if not room.lines and rooms.get(room.ref.id) is room:
        del rooms[room.ref.id]
        room.close()
