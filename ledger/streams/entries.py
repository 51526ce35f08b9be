"""What of the record is told outside: by whole sealed batches, in their order, handles and reasons alone."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg import sql

from ledger.models import BatchKind
from ledger.verify.registry import sources

# Columns that may leave, named one by one: no payload (it is somebody's), no facts, nothing of a code.
TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    BatchKind.DEED: ("id", "at", "actor", "verb", "subject_kind", "handle", "data"),
    BatchKind.SCAN: (
        *("reader", "counter", "at", "reader_at", "access_point", "credential", "device", "profile"),
        *("granted", "reason", "assurance", "offline"),
    ),
}
MOST_ENTRIES: Final = 500
BATCHES = (
    "SELECT position, batch, kind FROM (SELECT position, batch, kind,"
    " sum(count) OVER (ORDER BY position) - count AS before FROM"
    " (SELECT * FROM ledger_sealedbatch WHERE position > %s ORDER BY position LIMIT %s) part) counted"
    " WHERE before < %s ORDER BY position"
)
Entry = dict[str, Any]


def entries_after(position: int, most: int = MOST_ENTRIES) -> tuple[list[Entry], int]:
    """Entries of the next whole batches, `most` or a batch more, and the last position that was looked at.

    What was pruned is left out. An empty list with the same position: there is nothing yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(BATCHES, [position, most, most])
        batches = cursor.fetchall()
    if not batches:
        return [], position
    found: list[Entry] = []
    for kind in TOLD:
        places = {batch: place for place, batch, of in batches if of == kind}
        if places:
            found += _rows(kind, places)
    found.sort(key=lambda entry: (entry["position"], entry["index"]))
    return found, int(batches[-1][0])


def _rows(kind: str, places: Mapping[UUID, int]) -> Iterator[Entry]:
    columns = TOLD[kind]
    query = sql.SQL("SELECT batch, batch_index, {} FROM {} WHERE batch = ANY(%s)").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(sources[kind].table)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(places)])
        for batch, index, *values in cursor.fetchall():
            row = zip(columns, values, strict=True)
            told = {name: _plain(name, value) for name, value in row}
            yield {"kind": kind, "position": places[batch], "index": index, **told}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, UUID):
        return str(value)
    # Django hands jsonb out as text where no model field reads it.
    return json.loads(value) if name == "data" else value


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
