"""Statements of a hand-in: each for all its entries at once, in the order in which a batch of scans writes.

Used codes go before events, both in order of their keys: a live scan that meets the same rows waits for us or
we for it, never both.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from ledger.models import BatchKind, PendingBatch
from readers.handin.checking import Checked
from readers.handin.planning import Stands
from sallyport.ledger import batch_hash

Use = tuple[int, int, int]  # device, issued, nonce

_EVENTS: Final = """
SELECT counter, id, code_hash, granted, at FROM access_accessevent WHERE reader = %s AND counter = ANY(%s)
"""
_USES: Final = """
INSERT INTO readers_usedcode (device, issued, nonce)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING
RETURNING device, issued, nonce
"""
# As one JSON text: psycopg writes arrays value by value, which costs more than all else here.
_WRITE: Final = """
INSERT INTO access_accessevent (
    reader, counter, at, reader_at, access_point, credential, device, profile, issued, nonce, code_hash,
    granted, reason, assurance, policy_epoch, policy_seq, facts, offline, batch, batch_index, leaf)
SELECT %s, g.counter, g.at, g.at, g.access_point, g.credential, g.device, g.profile, g.issued, g.nonce,
    decode(g.code_hash, 'hex'), g.granted, g.reason, g.assurance, g.epoch, g.seq, g.facts, true, %s, g.n,
    decode(g.leaf, 'hex')
  FROM json_to_recordset(%s::json)
    AS g(n int, counter bigint, at timestamptz, access_point int, credential bigint, device bigint,
      profile int, issued bigint, nonce bigint, code_hash text, granted bool, reason text, assurance smallint,
      epoch int, seq bigint, facts text, leaf text)
 ORDER BY g.n
ON CONFLICT (reader, counter) DO NOTHING
RETURNING counter, id
"""
# By credential, since that is indexed; of several events the one that opened a door, and of those the first.
_USERS: Final = """
SELECT e.device, e.issued, e.nonce, e.id, e.at
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS u(credential, device, issued, nonce)
  JOIN access_accessevent e ON e.credential = u.credential AND e.device = u.device
   AND e.issued = u.issued AND e.nonce = u.nonce
 ORDER BY e.granted DESC, e.at, e.id
"""


class EventAppeared(Exception):  # noqa: N818 - named for what happened
    """A scan of this reader was committed under one of these numbers meanwhile: plan again."""


def events_of(reader: int, counters: Sequence[int]) -> dict[int, Stands]:
    """The reader's events under these numbers."""
    rows = _rows(_EVENTS, [reader, list(counters)])
    return {row[0]: Stands(row[1], bytes(row[2]), row[3], row[4]) for row in rows}


def write_uses(uses: Iterable[Use]) -> set[Use]:
    """Use these codes up; the ones that nobody had used."""
    ordered = sorted(set(uses))
    if not ordered:
        return set()
    return {(row[0], row[1], row[2]) for row in _rows(_USES, list(map(list, zip(*ordered, strict=True))))}


def write_events(reader: int, entries: Sequence[Checked]) -> dict[int, int]:
    """Write them as one batch of the ledger; their ids by counter. Raises EventAppeared, with nothing kept if
    the caller rolls back.
    """
    if not entries:
        return {}
    batch = uuid.uuid4()
    leaves = [one.leaf for one in entries]
    rows = ",".join([f'{{"n":{n},{one.row[1:]}' for n, one in enumerate(entries)])
    written = dict(_rows(_WRITE, [reader, batch, f"[{rows}]"]))
    if len(written) < len(entries):
        raise EventAppeared
    PendingBatch.objects.create(
        batch=batch, kind=BatchKind.SCAN, count=len(leaves), hash=batch_hash(leaves), at=datetime.now(UTC)
    )
    return written


def users_of(entries: Iterable[Checked]) -> dict[Use, list[tuple[int, datetime]]]:
    """The events (id, time) of the codes of these entries, who opened a door first."""
    asked = [(one.opened.contents.credential, *use) for one in entries if one.opened and (use := one.use)]
    found: dict[Use, list[tuple[int, datetime]]] = {}
    if asked:
        for row in _rows(_USERS, list(map(list, zip(*asked, strict=True)))):
            found.setdefault((row[0], row[1], row[2]), []).append((row[3], row[4]))
    return found


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
