"""Counts of what leaves no event: requests nobody could vouch for, and scans that could not be answered."""

import logging
import time
from collections import Counter
from typing import Final

REPORT_SECONDS: Final = 60.0

logger = logging.getLogger(__name__)


class Counts:
    """Counters of this process, logged at most once a minute so that a flood does not fill the log."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._next = 0.0

    def add(self, status: int, code: str) -> None:
        """One more refusal."""
        self.total[f"{status} {code}"] += 1
        now = time.monotonic()
        if now >= self._next:
            self._next = now + REPORT_SECONDS
            logger.warning("scans refused without an event: %s", dict(self.total - self._told))
            self._told = self.total.copy()


counts = Counts()
