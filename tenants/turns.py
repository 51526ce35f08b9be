"""Threads for coroutines' blocking work, of which no company takes more than its few."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from django.db import close_old_connections, connections

from tenants import patience
from tenants.context import enter
from tenants.refs import CompanyRef

NOBODY: Final = 0  # whose turn it is when no company is concerned
T = TypeVar("T")
_Places = WeakValueDictionary[int, asyncio.Semaphore]


class Turns:
    """`threads` in all, at most `each` for one company. Work that is given up holds its thread to its end."""

    def __init__(self, threads: int, each: int, name: str) -> None:
        self.threads = threads
        self._each = each
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, _Places] = WeakKeyDictionary()

    async def run(self, company: int, work: Callable[[], T]) -> T:
        """Run blocking work when it is this company's turn."""
        loop = asyncio.get_running_loop()
        place = self._places.setdefault(loop, WeakValueDictionary()).setdefault(
            company, asyncio.Semaphore(self._each)
        )
        await place.acquire()
        try:
            running = self._pool.submit(work)
        except RuntimeError:
            place.release()
            raise

        def ended(_: "Future[T]") -> None:
            with suppress(RuntimeError):  # the loop is gone, and the place with it
                loop.call_soon_threadsafe(place.release)

        running.add_done_callback(ended)
        return await asyncio.wrap_future(running)

    async def inside(self, ref: CompanyRef, work: Callable[[], T]) -> T:
        """Run work with the company entered, on Django's connections, waiting for locks but shortly."""
        return await self.run(ref.id, lambda: inside(ref, work))

    async def close(self, leave: Callable[[], None] = connections.close_all) -> None:
        """Have every thread leave its connections, then take no more work."""
        if self._pool._threads:
            together = threading.Barrier(self.threads)
            leaving = (self.run(-number, lambda: _leave(leave, together)) for number in range(self.threads))
            await asyncio.gather(*leaving)
        self._pool.shutdown(wait=False)


def _leave(leave: Callable[[], None], together: threading.Barrier) -> None:
    leave()
    with suppress(threading.BrokenBarrierError):
        together.wait(5)  # else one thread could leave twice and the other never


def fresh(work: Callable[[], T]) -> T:
    """Run work on this thread's Django connections; they go back to the process's pool at once."""
    close_old_connections()  # a connection that a restart of the database has cut is noticed here
    try:
        with patience.short():
            return work()
    finally:
        close_old_connections()


def inside(ref: CompanyRef, work: Callable[[], T]) -> T:
    """As `fresh`, in a company."""
    with enter(ref):
        return fresh(work)
