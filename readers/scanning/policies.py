"""The process's copies of policy, one per company that has scanned lately, and how they are kept fresh.

A copy may be old: every batch names the number it was decided under, and the database refuses another. What
is held here only decides how often that happens.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Any, Final, TypeVar

import psycopg
from django.db import Error as DjangoError
from django.db import connections

from readers.scanning.copy import Copy
from readers.scanning.reading import (
    Snapshot,
    Update,
    close_connection,
    connection_lost,
    read_all,
    read_inside,
    read_since,
    snapshot_of,
)
from readers.scanning.scan import Scan, Unavailable
from readers.selectors import last_counter
from sallyport.codes import OpeningKeys
from sallyport.keys import Ed25519Signer
from tenants.refs import CompanyRef
from tenants.rests import Rests
from tenants.turns import NOBODY, Turns, fresh, inside
from vault import selectors as vault
from vault.keys import VaultEmpty
from vault.transit import RootKeyAway

MOST_COMPANIES: Final = 1_000
MOST_PEOPLE: Final = 200_000  # over all companies: some 300 MB
KEYS_HOLD_SECONDS: Final = 60.0
KEYS_PAUSE_SECONDS: Final = 2.0  # an unknown key id, however often it comes, makes us look this often
THREADS: Final = 4
READ_SECONDS: Final = 2.0  # no reader waits longer for what is read here; the thread may be longer at it

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Policies:
    """Copies by company id, least recently used first. Belongs to one event loop."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self._copies: OrderedDict[int, Copy] = OrderedDict()
        self._loading: dict[int, asyncio.Lock] = {}
        self._added = 0
        # After a failure a company is not tried again at once, and never on two threads: others need them.
        self._rests = Rests()
        self._turns = Turns(THREADS, 1, "scan-policy")
        # Apart: a PIN is slow to check, and many at once must not keep their company from its policy.
        self._pins = Turns(THREADS, 2, "scan-pins")
        self._background: set[asyncio.Task[None]] = set()

    def held(self, company: int) -> Copy | None:
        """The copy, if there is one; keys that were read long ago are read again beside the scans."""
        copy = self._copies.get(company)
        if copy is not None:
            self._copies.move_to_end(company)
            if time.monotonic() - copy.keys_read > KEYS_HOLD_SECONDS:
                copy.keys_read = time.monotonic()
                self._later(self._refresh_keys(copy))
        return copy

    async def get(self, ref: CompanyRef) -> Copy:
        """The company's copy, read if it is not held. Raises Unavailable."""
        copy = self.held(ref.id)
        if copy is None:
            async with self._loading.setdefault(ref.id, asyncio.Lock()):
                copy = self._copies.get(ref.id) or await self._load(ref)
            self._loading.pop(ref.id, None)
        return copy

    async def refresh(
        self, copy: Copy, people: Collection[int] = (), *, past: tuple[int, int] = (0, 0)
    ) -> None:
        """Bring a copy up to date, at least past the number `past`, with these people. Raises Unavailable."""
        async with copy.lock:
            # Whoever waited for the lock may find the work done by the one before.
            done = (copy.epoch, copy.seq) > past and all(handle in copy.people for handle in people)
            if not done:
                update = await self._in_thread(copy.ref, _since, copy.epoch, copy.seq, list(people))
                if update.keys_stale:
                    # Before the copy calls itself newer: what was refused must be gone by then.
                    await self._read_keys(copy)
                copy.take(update)
        self._added += len(people)
        if self._added > 1_000:
            self._trim()

    async def look_inside(self, copy: Copy, scans: Collection[Scan]) -> None:
        """Tell scans that want into an area that keeps watch who is inside. Raises Unavailable."""
        asking = [(scan, asked) for scan in scans if (asked := copy.asks_inside(scan)) is not None]
        if asking:
            found = await self._in_thread(copy.ref, read_inside, [asked for _, asked in asking])
            for (scan, asked), known in zip(asking, found, strict=True):
                scan.inside = (asked[0], known)

    async def look_up_key(self, copy: Copy, key_id: int) -> None:
        """Learn whose an unknown key id is. Raises Unavailable."""
        async with copy.lock:
            if time.monotonic() - copy.keys_read > KEYS_PAUSE_SECONDS:
                await self._read_keys(copy)
            if key_id not in copy.keys and key_id not in copy.foreign:
                own, foreign = await self._in_company(copy.ref, lambda: _whose(key_id))
                if own:
                    await self._read_keys(copy)  # perhaps a set from a moment ago: one look for each
                if len(copy.foreign) > 10_000:
                    copy.foreign.clear()
                copy.foreign[key_id] = foreign

    async def last_counter(self, ref: CompanyRef, reader: int) -> int:
        """The reader's newest event counter on record. Raises Unavailable."""
        return await self._in_company(ref, lambda: last_counter(reader))

    async def inside(self, ref: CompanyRef, work: Callable[[], T]) -> T:
        """Run slow work in a company, in a thread apart from what reads policy. Raises Unavailable."""
        return await self._in_company(ref, work, self._pins)

    async def in_thread(self, company: int, work: Callable[[], T], turns: Turns | None = None) -> T:
        """Run blocking work beside the event loop, when it is the company's turn. Raises Unavailable."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await (turns or self._turns).run(company, work)
        except TimeoutError:
            # No rest: the thread may still succeed, and until it ends the company has no other.
            raise Unavailable("it took too long") from None

    async def beside(self, work: Callable[[], T]) -> T:
        """Run work with Django's connections in a thread. Raises Unavailable."""
        try:
            return await self.in_thread(NOBODY, lambda: fresh(work))
        except (psycopg.Error, DjangoError):
            raise Unavailable("the database is away") from None

    async def close(self) -> None:
        """End threads and their connections."""
        for task in self._background:
            task.cancel()
        await self._turns.close(_leave_thread)
        await self._pins.close()

    async def _load(self, ref: CompanyRef) -> Copy:
        copy = Copy(ref, await self._in_thread(ref, _all))
        await self._read_keys(copy)
        self._copies[ref.id] = copy
        self._trim()
        return copy

    async def _read_keys(self, copy: Copy) -> None:
        copy.keys_read = time.monotonic()
        copy.take_keys(*await self._in_company(copy.ref, read_keys))

    async def _refresh_keys(self, copy: Copy) -> None:
        try:
            async with copy.lock:  # a slow look from before a change must not undo a later one
                await self._read_keys(copy)
        except Unavailable:
            logger.warning("the keys of company %s could not be read again", copy.ref.id)

    async def _in_thread(self, ref: CompanyRef, read: Callable[..., T], *values: object) -> T:
        self._check_rest(ref.id)
        try:
            found = await self.in_thread(ref.id, lambda: _read(self.conninfo, ref, read, *values))
        except (psycopg.Error, LookupError) as error:
            raise self._rest(ref.id, error) from None
        self._rests.went_well(ref.id)
        return found

    async def _in_company(self, ref: CompanyRef, work: Callable[[], T], turns: Turns | None = None) -> T:
        self._check_rest(ref.id)
        try:
            found = await self.in_thread(ref.id, lambda: inside(ref, work), turns)
        except (psycopg.Error, DjangoError, VaultEmpty, RootKeyAway) as error:
            raise self._rest(ref.id, error) from None
        self._rests.went_well(ref.id)
        return found

    def _check_rest(self, company: int) -> None:
        if self._rests.resting(company):
            raise Unavailable("this company's database failed a moment ago")

    def _rest(self, company: int, error: Exception) -> Unavailable:
        self._rests.failed(company)
        logger.warning("the policy of company %s could not be read: %s", company, type(error).__name__)
        return Unavailable("the policy could not be read")

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _trim(self) -> None:
        while len(self._copies) > MOST_COMPANIES:
            company, _ = self._copies.popitem(last=False)
            self._rests.went_well(company)
        self._added = 0
        while sum(len(copy.people) for copy in self._copies.values()) > MOST_PEOPLE:
            next(copy for copy in self._copies.values() if copy.people).people.clear()


def _read(conninfo: str, ref: CompanyRef, read: Callable[..., T], *values: object) -> T:
    def once() -> T:
        with snapshot_of(conninfo, ref.schema, ref.id) as snapshot:
            return read(snapshot, *values)

    try:
        return once()
    except psycopg.OperationalError:
        # What a restart of the database has cut is noticed at its next use; reading twice harms nothing.
        if not connection_lost():
            raise
    return once()


def _all(snapshot: Snapshot) -> Update:
    return read_all(snapshot)


def _since(snapshot: Snapshot, epoch: int, seq: int, people: Iterable[int]) -> Update:
    return read_since(snapshot, epoch, seq, list(people))


def _whose(key_id: int) -> tuple[bool, bool]:
    return vault.is_own_key(key_id), vault.is_foreign_key(key_id)


def read_keys() -> tuple[dict[int, OpeningKeys], Ed25519Signer]:
    """What opens codes and signs answers, for the company that is entered."""
    return vault.load_opening_keys(), vault.answer_signer()


def _leave_thread() -> None:
    close_connection()
    connections.close_all()
