"""A long record for benches: events and deeds as scans and operators leave them, sealed. Django is set up."""

import hashlib
import itertools
import json
import os
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from ledger.models import PendingBatch
from ledger.sealing import seal
from ledger.verify.registry import sources
from sallyport.ledger import batch_hash
from tenants import context

IN_A_BATCH, DEEDS_EVERY = 20, 20  # events of one transaction of the writer; batches to one deed
READERS: Final = 40
AT_ONCE: Final = 1000  # batches that are held in memory
FACTS: Final = json.dumps(
    {
        "area": {"assurance": 2, "capacity": 200, "inside": 31, "passback": "soft"},
        "door": {"mode": "normal", "schedule": 4, "zone": "Europe/Berlin"},
        "holder": {"levels": [3, 7, 12], "state": "active", "unlocked": 1795730000},
        "now": 1795730401,
    },
    separators=(",", ":"),
)
EXTRA: Final = ("batch", "batch_index", "leaf")


def lay(company: context.CompanyRef, entries: int) -> int:
    """Put so many entries on record and seal them; how many there are then, with those of the sign-up."""
    with context.enter(company):
        batches = _batches(company.uid, entries)
        while made := list(itertools.islice(batches, AT_ONCE)):
            for kind in ("scan", "deed"):
                _copy(kind, [row for of, rows in made if of == kind for row in rows])
            PendingBatch.objects.bulk_create(
                PendingBatch(
                    batch=rows[0]["batch"],
                    kind=kind,
                    count=len(rows),
                    hash=batch_hash([row["leaf"] for row in rows]),
                )
                for kind, rows in made
            )
        seal(company)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("SELECT sum(count) FROM ledger_sealedbatch")
            (count,) = cursor.fetchone()
    return int(count)


def _batches(company: bytes, entries: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    drawn = random.Random(7)
    counters = dict.fromkeys(range(1, READERS + 1), 0)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    left = entries
    while left > 0:
        at += timedelta(milliseconds=drawn.randrange(50, 4000))
        if drawn.randrange(DEEDS_EVERY) == 0:
            yield "deed", [_placed(company, "deed", _deed(at, drawn), uuid.uuid4(), 0)]
            left -= 1
            continue
        batch = uuid.uuid4()
        rows = []
        for index in range(min(IN_A_BATCH, left)):
            reader = drawn.randrange(1, READERS + 1)
            counters[reader] += 1
            event = _event(at, drawn, reader, counters[reader])
            rows.append(_placed(company, "scan", event, batch, index))
        yield "scan", rows
        left -= len(rows)


def _placed(company: bytes, kind: str, row: dict[str, Any], batch: uuid.UUID, index: int) -> dict[str, Any]:
    told = {**row, "data": json.dumps(row["data"])} if kind == "deed" else row
    return {**row, "batch": batch, "batch_index": index, "leaf": sources[kind].leaf_of(company, told)}


def _event(at: datetime, drawn: random.Random, reader: int, counter: int) -> dict[str, Any]:
    granted = drawn.randrange(12) > 0
    return {
        "reader": reader,
        "counter": counter,
        "at": at,
        "reader_at": at - timedelta(milliseconds=drawn.randrange(400)),
        "access_point": reader,
        "credential": drawn.randrange(1, 5000),
        "device": drawn.randrange(1, 6000),
        "profile": drawn.randrange(1, 60),
        "issued": int(at.timestamp()),
        "nonce": drawn.getrandbits(32),
        "code_hash": hashlib.sha256(os.urandom(16)).digest(),
        "granted": granted,
        "reason": "granted" if granted else "not_allowed_here",
        "assurance": 1,
        "policy_epoch": 1,
        "policy_seq": 40 + counter,
        "facts": FACTS,
        "offline": False,
    }


def _deed(at: datetime, drawn: random.Random) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "at": at,
        "actor": f"operator:{drawn.randrange(1, 9)}",
        "verb": "access_granted",
        "subject_kind": "holder",
        "handle": drawn.randrange(1, 5000),
        "data": {"level": drawn.randrange(1, 40), "until": at.date().isoformat()},
        "subject": None,
        "payload": None,
    }


def _copy(kind: str, rows: list[dict[str, Any]]) -> None:
    names = (*sources[kind].columns, *EXTRA)
    order = f"COPY {sources[kind].table} ({', '.join(names)}) FROM STDIN"
    with connection.cursor() as cursor, connection.connection.cursor() as raw:
        cursor.execute("SELECT 1")  # sets the search path
        with raw.copy(order) as copy:
            for row in rows:
                copy.write_row([json.dumps(row[name]) if name == "data" else row[name] for name in names])
