"""The nightly re-run: what was decided since the last one, decided again from the facts that events store."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from access.models import AccessEvent
from access.selectors import last_replay
from ledger import services as ledger
from ledger.models import LedgerEntry
from sallyport.rules import decide_again

CHUNK: Final = 2_000
# Ids are given before commit: one that was on its way during the last run lies a little below its mark.
OVERLAP: Final = 1_000
FIRST_LOOK: Final = timedelta(hours=36)
MOST_NAMED: Final = 50
VERB: Final = "decisions_replayed"
# What facts that somebody has changed can make the engine raise.
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


def replay_decisions(*, now: datetime) -> LedgerEntry:
    """Run every event since the last re-run again, those of hand-ins too, whenever they happened.

    Puts on record how many there were, how many came out differently (there must be none) and which.
    """
    before = last_replay()
    mark = max(0, int(before.data["last"]) - OVERLAP) if before is not None else _first_mark(now)
    count, last, different = 0, mark, []
    for event, same in _again(mark):
        count, last = count + 1, event
        if not same:
            different.append(event)
    data = {"events": count, "different": len(different), "which": different[:MOST_NAMED]}
    known = int(before.data["last"]) if before is not None else 0
    with transaction.atomic():
        return ledger.record(actor="system", verb=VERB, data=data | {"last": max(last, known)})


def _first_mark(now: datetime) -> int:
    """Before the first run: the events of a day and a half, however long the record is."""
    older = AccessEvent.objects.filter(at__lt=now - FIRST_LOOK, offline=False).order_by("-at", "-id")
    return older.values_list("id", flat=True).first() or 0


def _again(mark: int) -> Iterator[tuple[int, bool]]:
    while True:
        rows = AccessEvent.objects.filter(id__gt=mark).order_by("id")
        chunk = list(rows.values_list("id", "granted", "reason", "facts")[:CHUNK])
        for event, granted, reason, facts in chunk:
            yield event, _same(facts, granted, reason)
        if len(chunk) < CHUNK:
            return
        mark = chunk[-1][0]


def _same(facts: str, granted: bool, reason: str) -> bool:
    try:
        again = decide_again(facts)
    except _UNREADABLE:
        return False
    return (again.granted, again.reason) == (granted, reason)
