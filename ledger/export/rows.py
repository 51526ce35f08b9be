"""The lines of an excerpt: batches and entries in the order in which they were sealed."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from ledger.export.registry import Span
from ledger.leaves import canonical_json, milliseconds
from ledger.verify.registry import sources
from ledger.verify.stream import stream

CHUNK_ROWS = 2000
TIMES = {"at": "at_ms", "reader_at": "reader_at_ms"}
SPELL = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
BATCHES = sql.SQL(
    "SELECT position, batch, kind, count, hash FROM ledger_sealedbatch"
    " WHERE position BETWEEN %s AND %s ORDER BY position"
)
PRUNED = sql.SQL("SELECT batch, batch_index, leaf, deed FROM ledger_prunedleaf WHERE batch = ANY(%s)")
Batch = tuple[int, UUID, str, int, bytes]


def batch_lines(span: Span) -> Iterator[str]:
    """One line for each sealed batch of these positions."""
    with closing(stream(BATCHES, span)) as rows:
        for position, _, kind, count, digest in rows:
            yield SPELL({"position": position, "kind": kind, "count": count, "hash": bytes(digest).hex()})


def entry_lines(span: Span) -> Iterator[str]:
    """One line for each leaf row of these positions, as it stands now, in the order of its batch.

    Of one that retention deleted, its leaf and the deed that says so.
    """
    chunk: list[Batch] = []
    rows = 0
    with closing(stream(BATCHES, span)) as batches:
        for batch in batches:
            chunk.append(batch)
            rows += max(1, batch[3])
            if rows >= CHUNK_ROWS:
                yield from _of_chunk(chunk)
                chunk, rows = [], 0
    yield from _of_chunk(chunk)


def _of_chunk(chunk: list[Batch]) -> Iterator[str]:
    lines: dict[int, list[tuple[int, str]]] = {}
    for kind in sorted({batch[2] for batch in chunk} & set(sources)):
        places = {batch[1]: batch[0] for batch in chunk if batch[2] == kind}
        found = sources[kind]
        query = sql.SQL(
            "SELECT batch, batch_index, leaf, {} FROM {} WHERE batch = ANY(%s) ORDER BY batch, batch_index"
        ).format(sql.SQL(", ").join(map(sql.Identifier, found.columns)), sql.Identifier(found.table))
        with closing(stream(query, [list(places)])) as rows:
            for batch, index, leaf, *values in rows:
                position = places[batch]
                told = {"position": position, "kind": kind, "leaf": _plain("leaf", leaf)}
                row = dict(zip(found.columns, values, strict=True))
                lines.setdefault(position, []).append((index, SPELL(told | fields_of(row))))
        with closing(stream(PRUNED, [list(places)])) as rows:
            for batch, index, leaf, deed in rows:
                told = {"position": places[batch], "kind": kind, "leaf": _plain("leaf", leaf)}
                lines.setdefault(places[batch], []).append((index, SPELL({**told, "pruned": str(deed)})))
    for position in sorted(lines):
        yield from (line for _, line in sorted(lines[position]))


def fields_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a leaf row as an excerpt spells them."""
    return {TIMES.get(name, name): _plain(name, value) for name, value in row.items()}


def _plain(name: str, value: Any) -> Any:
    """A column as JSON holds it. What no row of ours holds stays as it is: the verifier finds it."""
    if isinstance(value, datetime):
        # What is finer than a millisecond was never written by us; cut off it would look as if it was.
        return milliseconds(value) if value.microsecond % 1000 == 0 else value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if name == "payload":
        return base64.b64encode(bytes(value or b"")).decode()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return _canonical(value) if name == "data" else value


def _canonical(stored: str) -> str:
    """The one spelling of a deed's data that is hashed; of what has none, the text as it is stored."""
    try:
        return canonical_json(json.loads(stored))
    except (TypeError, ValueError, RecursionError):
        return stored
