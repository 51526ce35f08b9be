"""How many of the web process's connections one company's requests may hold at once.

A company whose tables are locked holds each connection until the lock times out. Unbounded, its own requests
would take them all, and pages of every other company would wait for one.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from tenants.rests import Rests

PUBLIC: Final = 0  # the key of the public host
PATIENCE_SECONDS: Final = 5.0
MOST_WAITING: Final = 64  # of one company: each waits on a thread


class Crowded(Exception):  # noqa: N818 - named for what happened
    """The company has its share and others need the rest, or its tables were locked a moment ago."""


class Shares:
    """`total` places: one company gets a third, one in doubt gets one, all in doubt a third together."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._third = max(1, total // 3)
        self._free = threading.Condition()
        self._held: Counter[int] = Counter()
        self._waiting: Counter[int] = Counter()
        self._rests = Rests()

    @contextmanager
    def share(self, company: int, before_waiting: Callable[[], None]) -> Iterator[None]:
        """Hold one place. `before_waiting` gives back what must not be held meanwhile. Raises Crowded."""
        if not self._try(company):
            before_waiting()
            self._wait(company)
        try:
            yield
        finally:
            with self._free:
                self._held[company] -= 1
                self._held += Counter()  # forgets those who hold nothing
                self._free.notify_all()

    def locked(self, company: int) -> None:
        """The company's tables did not come in time: who waits for a place is refused at once."""
        with self._free:
            self._rests.failed(company)
            self._free.notify_all()

    def went_well(self, company: int) -> None:
        """A request of the company was served."""
        if self._rests.doubted(company):
            with self._free:
                self._rests.went_well(company)
                self._free.notify_all()

    def _may(self, company: int) -> bool:
        if self._held.total() >= self._total:
            return False
        if not self._rests.doubted(company):
            return self._held[company] < self._third
        doubted = sum(count for other, count in self._held.items() if self._rests.doubted(other))
        return not self._rests.resting(company) and self._held[company] < 1 and doubted < self._third

    def _try(self, company: int) -> bool:
        with self._free:
            if self._may(company):
                self._held[company] += 1
                return True
            if self._rests.doubted(company) or self._waiting[company] >= MOST_WAITING:
                raise Crowded
            return False

    def _wait(self, company: int) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        with self._free:
            self._waiting[company] += 1
            try:
                while not self._may(company):
                    left = until - time.monotonic()
                    if left <= 0 or self._rests.doubted(company):
                        raise Crowded
                    self._free.wait(left)
                self._held[company] += 1
            finally:
                self._waiting[company] -= 1
                self._waiting += Counter()
