"""A record of some length, and somebody who owns the database."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from ledger.sealing import seal
from ledger.services import record
from ledger.verify import registry, source
from sallyport.ledger import batch_hash, leaf_hash
from tenants import context

SCANS = "CREATE TABLE scan_row (batch uuid, batch_index int, leaf bytea, what text)"


def scan_leaf(company: bytes, row: Mapping[str, Any]) -> bytes:
    """The leaf of a row of `scan_row`."""
    return leaf_hash(company + row["what"].encode())


@contextmanager
def scans_of_the_test() -> Iterator[None]:
    """A leaf source for scans of the test's own; what upper rooms registered waits aside."""
    parts: tuple[dict[str, Any], ...] = (
        registry.sources,
        registry.witnesses,
        registry.checks,
        registry.counts,
    )
    held = [dict(part) for part in parts]
    registry.witnesses.clear()
    registry.checks.clear()
    registry.counts.clear()
    source("scan", table="scan_row", columns=["what"])(scan_leaf)
    sql(SCANS)
    try:
        yield
    finally:
        for part, before in zip(parts, held, strict=True):
            part.clear()
            part.update(before)


def sql(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """Run a statement with the seat belt off, as the owner of a database can."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def scan_batch(*what: str) -> uuid.UUID:
    """One committed batch of scans: its rows and its pending row."""
    company = context.current().uid
    batch = uuid.uuid4()
    leaves = [scan_leaf(company, {"what": text}) for text in what]
    with transaction.atomic():
        for index, (text, leaf) in enumerate(zip(what, leaves, strict=True)):
            sql("INSERT INTO scan_row VALUES (%s, %s, %s, %s)", batch, index, leaf, text)
        sql(
            "INSERT INTO ledger_pendingbatch (batch, kind, count, hash) VALUES (%s, 'scan', %s, %s)",
            batch,
            len(what),
            batch_hash(leaves),
        )
    return batch


def write_record(company: context.CompanyRef) -> None:
    """Three checkpoints over two deeds and a batch of three scans each, and as much not sealed yet."""
    for number in range(1, 5):
        for handle in (number, number + 10):
            with transaction.atomic():
                record(actor="operator:1", verb="door_opened", subject_kind="door", handle=handle)
        scan_batch(f"{number}a", f"{number}b", f"{number}c")
        if number < 4:
            seal(company)
