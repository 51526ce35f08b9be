"""The time a reader decides by: the machine's clock above the floor that is on the disk."""

import time

from edge.store import Store
from sallyport.offline import ReaderClock

# Goes on while the machine sleeps, where there is such a clock.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def wall_ms() -> int:
    """What the machine believes."""
    return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Milliseconds from some beginning, never set by anybody."""
    return time.clock_gettime_ns(_STEADY) // 1_000_000


class Clock:
    """Unix milliseconds that never fall below what was signed by the server or written to the journal."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._floor = ReaderClock()
        self._floor.raise_floor(store.number("floor_ms"), steady_ms())

    def now_ms(self) -> int:
        """The time to decide by."""
        return self._floor.now_ms(wall_ms(), steady_ms())

    def behind_ms(self) -> int:
        """By how much the machine's clock is below the floor."""
        return self._floor.behind_ms(wall_ms(), steady_ms())

    def seen(self, at_ms: int) -> None:
        """A time that is on the disk already, in a journal's entry."""
        self._floor.raise_floor(at_ms, steady_ms())

    def signed(self, at_ms: int) -> None:
        """A time that the server has signed: keep it. Blocks for the disk. Raises StoreFailed."""
        self._floor.raise_floor(at_ms, steady_ms())
        if at_ms > self._store.number("floor_ms"):
            self._store.set_number("floor_ms", at_ms)
