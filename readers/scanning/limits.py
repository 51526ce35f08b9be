"""How often one reader may present codes: a bucket of tokens per reader, in this process."""

from collections import OrderedDict
from typing import Final

MOST_READERS: Final = 50_000


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
