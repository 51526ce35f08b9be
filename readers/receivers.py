"""What readers add to a verification of the ledger: the events' leaves, their witnesses, their counters."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from ledger.verify import Gap, Span, Witness, counted, source, witness
from readers.models import CheckpointWitness
from sallyport.ledger import EventRecord, event_leaf
from sallyport.reasons import Reason

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = (
    "reader",
    "counter",
    "at",
    "reader_at",
    "access_point",
    "credential",
    "device",
    "profile",
    "issued",
    "nonce",
    "code_hash",
    "granted",
    "reason",
    "assurance",
    "policy_epoch",
    "policy_seq",
    "facts",
    "offline",
)


def milliseconds(at: datetime) -> int:
    """Unix milliseconds of a stored time. Raises ValueError for one finer than the record keeps."""
    since = at - EPOCH
    whole, rest = divmod(since.microseconds, 1000)
    if rest:
        raise ValueError("finer than a millisecond")
    return (since.days * 86_400 + since.seconds) * 1000 + whole


@source("scan", table="access_accessevent", columns=COLUMNS, numbers=("reader", "reader", "counter"))
def leaf_of_event(company: bytes, row: Mapping[str, Any]) -> bytes:
    """The leaf of an access event as its row stands now."""
    # Field by field: a verification comes here for every event that there is.
    record = EventRecord(
        company=company,
        reader=row["reader"],
        counter=row["counter"],
        at_ms=milliseconds(row["at"]),
        reader_at_ms=milliseconds(row["reader_at"]),
        access_point=row["access_point"],
        credential=row["credential"],
        device=row["device"],
        profile=row["profile"],
        issued=row["issued"],
        nonce=row["nonce"],
        code_hash=bytes(row["code_hash"]),
        granted=row["granted"],
        reason=Reason(row["reason"]),
        assurance=row["assurance"],
        policy_epoch=row["policy_epoch"],
        policy_seq=row["policy_seq"],
        offline=row["offline"],
        facts=row["facts"],
    )
    return event_leaf(record)


@witness("readers")
def witnessed_by_readers() -> Iterator[Witness]:
    """Every checkpoint that a reader has countersigned."""
    rows = CheckpointWitness.objects.order_by("number", "reader_id").values_list(
        "number", "checkpoint_hash", "reader_id"
    )
    for number, seen, reader in rows.iterator(chunk_size=2000):
        yield Witness(number, bytes(seen), f"reader:{reader}")


_GAPS = """
SELECT reader, before + 1, counter - 1
  FROM (SELECT reader, counter, lag(counter, 1, 0) OVER (PARTITION BY reader ORDER BY counter) AS before
          FROM (SELECT reader, counter FROM access_accessevent
                 WHERE %(reader)s::int IS NULL OR reader = %(reader)s
                UNION
                SELECT reader_id, counter FROM readers_journalquarantine
                 WHERE %(reader)s::int IS NULL OR reader_id = %(reader)s) known) c
 WHERE counter <> before + 1
 ORDER BY reader, counter
"""
# Of one span, without a look at all that the reader ever told: a number above it is known, none in it is.
_IS_MISSING = """
WITH next AS (
  SELECT min(counter) AS counter
    FROM ((SELECT counter FROM access_accessevent
            WHERE reader = %(reader)s AND counter >= %(first)s ORDER BY counter LIMIT 1)
          UNION ALL
          (SELECT counter FROM readers_journalquarantine
            WHERE reader_id = %(reader)s AND counter >= %(first)s ORDER BY counter LIMIT 1)) known)
SELECT coalesce(counter > %(last)s, false) FROM next
"""


@counted("reader")
def gaps_in_counters(reader: int | None, span: Span | None = None) -> Iterator[Gap]:
    """A reader counts its events without a gap: a missing number is an event that was taken away.

    One that was handed in and kept apart is no event, and not missing.
    """
    if reader is not None and span is not None:
        yield from _missing(reader, span)
        return
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, {"reader": reader})
        rows = cursor.fetchall()
    for handle, first, last in rows:
        yield Gap("reader", handle, first, last)


def _missing(reader: int, span: Span) -> Iterator[Gap]:
    first, last = span
    with connection.cursor() as cursor:
        cursor.execute(_IS_MISSING, {"reader": reader, "first": first, "last": last})
        (missing,) = cursor.fetchone()
    if missing and first >= 1:
        yield Gap("reader", reader, first, last)
