"""How often one reader may present codes, and how far its counter may leap: per reader, in this process."""

from collections import OrderedDict
from typing import Final

MOST_READERS: Final = 50_000
MOST_LEAP: Final = 1_000_000  # events that a reader may have counted while nobody heard of it
LOOK_PAUSE: Final = 1.0


class Rate:
    """`per_second` in the long run, `burst` at once."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[tuple[int, int], tuple[float, float]] = OrderedDict()

    def allows(self, company: int, reader: int, now: float) -> bool:
        """Take one token at monotonic time `now`; False when there is none."""
        key = (company, reader)
        tokens, then = self._buckets.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - then) * self._per_second)
        allowed = tokens >= 1.0
        self._buckets[key] = (tokens - 1.0 if allowed else tokens, now)
        if len(self._buckets) > MOST_READERS:
            self._buckets.popitem(last=False)
        return allowed


class Leaps:
    """The greatest counters that readers are known to have on record; an old one makes us look, never refuse.

    Without a bound whoever holds a reader's key could use up its counter with one event.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._looked: OrderedDict[tuple[int, int], float] = OrderedDict()

    def near(self, company: int, reader: int, counter: int) -> bool:
        """Whether the counter is at most a leap above what is known."""
        return counter <= self._known.get((company, reader), 0) + MOST_LEAP

    def saw(self, company: int, reader: int, counter: int) -> None:
        """This counter is on record."""
        key = (company, reader)
        if counter > self._known.get(key, 0):
            self._known[key] = counter
            if len(self._known) > MOST_READERS:
                self._known.popitem(last=False)

    def may_look(self, company: int, reader: int, now: float) -> bool:
        """Whether the record was not asked about this reader within the last second; then it is now."""
        key = (company, reader)
        if now - self._looked.get(key, -LOOK_PAUSE) < LOOK_PAUSE:
            return False
        self._looked[key] = now
        if len(self._looked) > MOST_READERS:
            self._looked.popitem(last=False)
        return True
