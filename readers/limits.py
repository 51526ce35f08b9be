"""How often one address may guess at pairing codes.

Held in the process: it spares the database a flood. What really bounds guessing is the count of attempts
on each pairing, which is kept in PostgreSQL.
"""

import time
from collections import OrderedDict

WINDOW_SECONDS = 60.0
MOST_WRONG = 10
MOST_ADDRESSES = 10_000
_wrong: OrderedDict[tuple[int, str], list[float]] = OrderedDict()


class Tries:
    """The wrong tries of one address at one company within the last minute."""

    def __init__(self, key: tuple[int, str]) -> None:
        self.key = key

    def _recent(self) -> list[float]:
        since = time.monotonic() - WINDOW_SECONDS
        return [moment for moment in _wrong.get(self.key, []) if moment > since]

    def exhausted(self) -> bool:
        """Whether this address must wait."""
        return len(self._recent()) >= MOST_WRONG

    def count(self) -> None:
        """One more wrong try."""
        _wrong[self.key] = [*self._recent(), time.monotonic()]
        _wrong.move_to_end(self.key)
        while len(_wrong) > MOST_ADDRESSES:
            _wrong.popitem(last=False)


def pairing_tries(company_id: int, address: str) -> Tries:
    """The count of one address."""
    return Tries((company_id, address))


def forget() -> None:
    """Start counting anew."""
    _wrong.clear()
