"""The time a reader decides by: the machine's clock above the floor that is on the disk."""

import time
from typing import Final

from edge.store import FLOOR, Store
from sallyport.offline import ReaderClock

KEPT_MS: Final = 60_000  # the disk is not written for less
# Goes on while the machine sleeps, where there is such a clock.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def wall_ms() -> int:
    """What the machine believes."""
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Milliseconds from some beginning, never set by anybody."""
    return time.clock_gettime_ns(_STEADY) // 1_000_000


class Clock:
    """Unix milliseconds that never fall below what was vouched for: signed by the server, or a time at which
    a door was opened. What the machine alone believes raises no floor: a wrong hour ends when it is mended.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._floor = ReaderClock()
        self._floor.raise_floor(store.number(FLOOR), steady_ms())

    def now_ms(self) -> int:
        """The time to decide by."""
        return self._floor.now_ms(wall_ms(), steady_ms())

    def behind_ms(self) -> int:
        """By how much the machine's clock is below the floor."""
        return self._floor.behind_ms(wall_ms(), steady_ms())

    def seen(self, at_ms: int) -> None:
        """A time that is on the disk already."""
        self._floor.raise_floor(at_ms, steady_ms())

    def signed(self, at_ms: int) -> None:
        """A time that the server has signed: keep it. Blocks for the disk. Raises StoreFailed."""
        self.seen(at_ms)
        self._keep(at_ms)

    def keep(self) -> None:
        """Keep what has gone by since: a power cut costs a minute of it. Blocks; raises StoreFailed."""
        self._keep(self._floor.now_ms(0, steady_ms()))

    def _keep(self, at_ms: int) -> None:
        if at_ms - self._store.number(FLOOR) >= KEPT_MS:
            self._store.set_number(FLOOR, at_ms)
