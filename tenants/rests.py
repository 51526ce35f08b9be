"""Companies whose database failed a moment ago: they are left alone for a while, which grows."""

import time
from typing import Final

FIRST_SECONDS: Final = 0.25
LONGEST_SECONDS: Final = 2.0


class Rests:
    """By company id. A failure doubles the rest, what goes well ends it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[float, float]] = {}

    def resting(self, company: int) -> bool:
        """Whether the company is not to be tried yet."""
        known = self._known.get(company)
        return known is not None and time.monotonic() < known[0]

    def doubted(self, company: int) -> bool:
        """Whether the last try failed, however long ago."""
        return company in self._known

    def failed(self, company: int) -> None:
        """A try failed; those that were on their way beside it count once."""
        if not self.resting(company):
            _, pause = self._known.get(company, (0.0, FIRST_SECONDS / 2))
            pause = min(pause * 2, LONGEST_SECONDS)
            self._known[company] = (time.monotonic() + pause, pause)

    def went_well(self, company: int) -> None:
        """A try went well."""
        self._known.pop(company, None)
