"""The rows under the batches: every leaf again, every batch hash again, and rows that belong to no batch."""

import struct
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from ledger.verify.pruned import Gone
from ledger.verify.registry import LeafSource, sources
from ledger.verify.report import Tally
from ledger.verify.stream import stream
from sallyport.ledger import batch_hash

CHUNK_ROWS = 4000
# What no row of ours holds: a strange word, a time that is None, JSON as deep as a well.
UNHASHABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
)

SEALED = "SELECT position, batch, kind, count, hash FROM ledger_sealedbatch ORDER BY position"
PENDING = "SELECT 0, batch, kind, count, hash FROM ledger_pendingbatch ORDER BY at, batch"

PRUNED = "SELECT batch, batch_index, leaf FROM ledger_prunedleaf WHERE batch = ANY(%s) ORDER BY 1, 2"
Leaf = tuple[UUID, int, bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a sealed or pending row says about a batch; `position` is 0 before it is sealed."""

    position: int
    batch: UUID
    kind: str
    count: int
    hash: bytes


def check_rows(company: bytes, gone: Gone, tally: Tally) -> None:
    """Compare every sealed and pending batch with its rows, then look for rows without a batch."""
    done = 0
    for query, state in ((SEALED, "sealed"), (PENDING, "pending")):
        with closing(_chunks(query)) as chunks:
            for chunk in chunks:
                for kind in sorted({batch.kind for batch in chunk}):
                    of_kind = {batch.batch: batch for batch in chunk if batch.kind == kind}
                    _check_chunk(company, kind, of_kind, gone, tally)
                done += len(chunk)
                tally.pending += len(chunk) if state == "pending" else 0
                tally.step(done)
    for known in sources.values():
        _check_strays(known, tally)


def _chunks(query: str) -> Generator[list[Batch]]:
    chunk: list[Batch] = []
    rows = 0
    with closing(stream(sql.SQL(query))) as batches:
        for position, batch, kind, count, digest in batches:
            chunk.append(Batch(position, batch, kind, count, bytes(digest)))
            rows += max(1, count)
            if rows >= CHUNK_ROWS:
                yield chunk
                chunk, rows = [], 0
    if chunk:
        yield chunk


def _check_chunk(company: bytes, kind: str, batches: dict[UUID, Batch], gone: Gone, tally: Tally) -> None:
    found = sources.get(kind)
    if found is None:
        tally.bad(
            "unknown_kind", kind, f"Batches of kind {kind!r} are on record, and nobody knows their rows."
        )
        return
    query = sql.SQL(
        "SELECT batch, batch_index, leaf, {} FROM {} WHERE batch = ANY(%s) ORDER BY batch, batch_index"
    ).format(sql.SQL(", ").join(map(sql.Identifier, found.columns)), sql.Identifier(found.table))
    leaves = _pruned(kind, batches, gone, tally)
    missing = dict(batches)
    with closing(stream(query, [list(batches)])) as all_rows:
        for batch, rows in groupby(all_rows, key=itemgetter(0)):
            _check_batch(company, found, batches[batch], _with(rows, leaves.get(batch)), tally)
            del missing[batch]
    for batch in missing:
        if batch in leaves:
            _check_batch(company, found, batches[batch], _with((), leaves[batch]), tally)
        else:
            tally.bad("rows_removed", f"{kind} batch {batch}", "All rows of this batch are gone.")


def _pruned(kind: str, batches: dict[UUID, Batch], gone: Gone, tally: Tally) -> dict[UUID, list[Leaf]]:
    """The leaves that stand for deleted rows; one that no deed names is a finding and stands for nothing."""
    leaves: dict[UUID, list[Leaf]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PRUNED, [list(batches)])
        rows = cursor.fetchall()
    for batch, index, stored in rows:
        position, leaf = batches[batch].position, bytes(stored)
        if position and gone.names(kind, position, leaf):
            leaves.setdefault(batch, []).append((batch, index, leaf))
            tally.pruned += 1
        else:
            text = "A leaf stands in the place of a row, and no deed says that retention deleted it."
            tally.bad("row_removed", f"{kind} batch {batch} row {index}", text)
    return leaves


def _with(rows: Iterable[tuple[Any, ...]], leaves: list[Leaf] | None) -> Iterator[tuple[Any, ...]]:
    """Rows and leaves of one batch by their places."""
    return iter(sorted([*rows, *leaves], key=itemgetter(1))) if leaves else iter(rows)


def _check_batch(
    company: bytes, found: LeafSource, batch: Batch, rows: Iterator[tuple[Any, ...]], tally: Tally
) -> None:
    where = f"{found.kind} batch {batch.batch}"
    leaves: list[bytes] = []
    before = -1
    for place, (_, index, stored, *values) in enumerate(rows):  # without values: the leaf of a deleted row
        if place >= batch.count:
            tally.bad("row_inserted", f"{where} row {index}", "This batch has more rows than were recorded.")
            return
        # Numbers may leave places out: an event that stood already took none. Order and count are hashed.
        if index <= before:
            tally.bad("batch_changed", f"{where} row {place}", "Rows were renumbered.")
            return
        before = index
        try:
            row = dict(zip(found.columns, values, strict=True)) if values else None
            leaf = stored if row is None else found.leaf_of(company, row)
        except UNHASHABLE:
            leaf = b""
        if leaf != bytes(stored or b""):
            tally.bad("row_changed", f"{where} row {index}", "The row is not what was recorded.")
            return
        leaves.append(leaf)
    if len(leaves) < batch.count:
        tally.bad("row_removed", f"{where} row {len(leaves)}", "The last rows of this batch are gone.")
    elif batch_hash(leaves) != batch.hash:
        tally.bad("batch_changed", where, "Its rows were changed, swapped or replaced, or its hash was.")
    tally.rows[found.kind] = tally.rows.get(found.kind, 0) + len(leaves)  # those whose leaf alone stands too


def _check_strays(found: LeafSource, tally: Tally) -> None:
    query = sql.SQL(
        "SELECT t.batch, count(*) FROM {} t WHERE NOT EXISTS (SELECT FROM ledger_sealedbatch s"
        " WHERE s.batch = t.batch AND s.kind = %s) AND NOT EXISTS (SELECT FROM ledger_pendingbatch p"
        " WHERE p.batch = t.batch AND p.kind = %s) GROUP BY t.batch LIMIT %s"
    ).format(sql.Identifier(found.table))
    with connection.cursor() as cursor:
        cursor.execute(query, [found.kind, found.kind, tally.most])
        rows = cursor.fetchall()
    for batch, count in rows:
        tally.bad(
            "row_inserted",
            f"{found.kind} batch {batch}",
            f"{count} rows belong to no batch on record: put in later, or their batch was taken away.",
        )
