"""Taking rows off the record when their time is over, so that the rest still verifies.

Where a row goes its leaf stays in `ledger_prunedleaf`, so the batch can be hashed as before; and a deed
names the places and, where rows count without a gap, the numbers that went. A verification accepts an
absent row there and nowhere else. The deed is sealed like every other: nobody can name more afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from ledger.models import LedgerEntry
from ledger.services import record
from ledger.verify.pruned import VERB, merged
from ledger.verify.registry import LeafSource, sources
from ledger.verify.rows import UNHASHABLE
from tenants import context

MOST: Final = 2000  # rows of one deed
ACTOR: Final = "system"
# Deeds that later ones, verifications and rooms rest on for ever.
kept_verbs: Final = {
    VERB,
    "gap_acknowledged",
    "company_created",
    "policy_epoch_raised",
    "certificate_issued",
}


class RecordAltered(Exception):  # noqa: N818 - named for what is found
    """A row is not what was recorded: it is evidence, and nothing goes before somebody has looked."""


@dataclass(frozen=True, slots=True)
class _Row:
    batch: UUID
    index: int
    leaf: bytes
    position: int
    number: tuple[int, int] | None  # handle and number, of what counts


def keep_deeds(*verbs: str) -> None:
    """Let deeds with these verbs never be pruned."""
    kept_verbs.update(verbs)


@transaction.atomic
def prune_rows(
    kind: str, where: sql.Composable, params: Mapping[str, Any], *, before: datetime, most: int = MOST
) -> int:
    """Delete up to `most` sealed rows `t` of a leaf source for which `where` holds, the oldest first.

    Waits for no row that somebody holds. Returns how many went. Raises RecordAltered.
    """
    found = sources[kind]
    rows = _pick(found, where, {**params, "most": min(most, MOST)})
    if not rows:
        return 0
    _delete(found.table, rows)
    left = _left(found.table, {row.batch for row in rows})
    put_on_record(
        kind,
        before=before,
        counted=found.numbers[0] if found.numbers else "",
        numbers=[row.number for row in rows if row.number is not None],
        told={
            "count": len(rows),
            "positions": [
                list(run) for run in merged((r.position,) * 2 for r in rows if r.batch not in left)
            ],
            "leaves": sorted(row.leaf.hex() for row in rows if row.batch in left),
        },
        leaves=rows,
    )
    return len(rows)


def put_on_record(
    kind: str,
    *,
    before: datetime,
    counted: str,
    numbers: Iterable[tuple[int, int]],
    told: Mapping[str, Any],
    leaves: Sequence[_Row] = (),
) -> LedgerEntry:
    """Say what went, in the caller's transaction. `numbers`: (handle, number) of what counts."""
    by_handle: dict[int, list[tuple[int, int]]] = {}
    for handle, number in numbers:
        by_handle.setdefault(handle, []).append((number, number))
    runs = [[handle, *run] for handle, spans in sorted(by_handle.items()) for run in merged(spans)]
    data = {"before": before.isoformat(timespec="seconds"), "counted": counted, "numbers": runs, **told}
    deed = record(actor=ACTOR, verb=VERB, subject_kind=kind, data=data)
    if leaves:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_prunedleaf (batch, batch_index, leaf, deed)"
                " SELECT *, %s::uuid FROM unnest(%s::uuid[], %s::int[], %s::bytea[])",
                [deed.pk, [r.batch for r in leaves], [r.index for r in leaves], [r.leaf for r in leaves]],
            )
    return deed


def _pick(found: LeafSource, where: sql.Composable, params: Mapping[str, Any]) -> list[_Row]:
    """The rows that go, locked, each the one that was recorded. Raises RecordAltered."""
    query = sql.SQL(
        "SELECT t.batch, t.batch_index, t.leaf, s.position, {columns}"
        " FROM {table} t JOIN ledger_sealedbatch s ON s.batch = t.batch AND s.kind = {kind}"
        " WHERE {where} ORDER BY t.at LIMIT %(most)s FOR UPDATE OF t SKIP LOCKED"
    ).format(
        columns=sql.SQL(", ").join(sql.Identifier("t", name) for name in found.columns),
        table=sql.Identifier(found.table),
        kind=sql.Literal(found.kind),
        where=where,
    )
    company, rows = context.current().uid, []
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        for batch, index, leaf, position, *values in cursor.fetchall():
            row = dict(zip(found.columns, values, strict=True))
            try:
                same = found.leaf_of(company, row) == bytes(leaf)
            except UNHASHABLE:
                same = False
            if not same:
                raise RecordAltered(f"{found.kind} batch {batch} row {index}")
            number = (row[found.numbers[1]], row[found.numbers[2]]) if found.numbers else None
            rows.append(_Row(batch, index, bytes(leaf), position, number))
    return rows


def _delete(table: str, rows: Sequence[_Row]) -> None:
    query = sql.SQL(
        "DELETE FROM {} t USING unnest(%s::uuid[], %s::int[]) AS gone(batch, place)"
        " WHERE t.batch = gone.batch AND t.batch_index = gone.place"
    ).format(sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sallyport.ledger_maintenance', 'on', true)")
        cursor.execute(query, [[row.batch for row in rows], [row.index for row in rows]])
        cursor.execute("SELECT set_config('sallyport.ledger_maintenance', 'off', true)")


def _left(table: str, batches: set[UUID]) -> set[UUID]:
    query = sql.SQL("SELECT DISTINCT batch FROM {} WHERE batch = ANY(%s)").format(sql.Identifier(table))
    with connection.cursor() as cursor:
        cursor.execute(query, [list(batches)])
        return {batch for (batch,) in cursor.fetchall()}
