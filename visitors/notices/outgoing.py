"""Posting what a company or a browser named: to addresses that the record's streams may go to, and briefly.

A notice is sent while its outbox row is held, and mails stand in the same queue: whoever does not answer is
left alone for a while, instead of being waited for by every notice in turn.
"""

import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult

from ledger.streams.failure import StreamFailed
from ledger.streams.https import Manner, exchange
from tenants.context import current

PATIENCE: Final = 4.0  # seconds for one step
DEADLINE: Final = 8.0
REST: Final = 30.0
RESTING: Final = "resting"
# Nobody answered in time; a refusal came at once and costs nobody anything.
_TIRESOME: Final = frozenset({"timed_out", "no_connection", "broken_off"})
_rests: dict[tuple[int, str], float] = {}


def post(url: SplitResult, body: bytes, headers: Mapping[str, str], authority: str = "") -> int:
    """The status of the answer. Raises StreamFailed; with `resting` while the place is left alone."""
    place = (current().id, url.netloc)
    if _rests.get(place, 0.0) > time.monotonic():
        raise StreamFailed(RESTING)
    _rests.pop(place, None)
    try:
        return exchange(url, body, headers, Manner(authority, PATIENCE, DEADLINE))
    except StreamFailed as failed:
        if failed.code in _TIRESOME:
            _rests[place] = time.monotonic() + REST
        raise


def forget() -> None:
    """Leave nobody alone any more."""
    _rests.clear()
