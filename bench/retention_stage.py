"""The product's side of the bench of retention: a long door record, and the night that deletes it."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from compliance.services.retaining import begin_night, carry_on
from compliance.services.retention import set_rule
from ledger.sealing import seal
from readers.receivers import COLUMNS, leaf_of_event
from sallyport.ledger import batch_hash
from tenants import context, hosts

BATCH = 10  # events that one commit wrote
READER = 9_000  # none of the firm's: a reader that was retired
DAYS = 90
_COLUMNS = (*COLUMNS, "batch", "batch_index", "leaf")


def lay_record(company_id: int, events: int) -> None:
    """So many sealed events of more than `DAYS` ago, each with its leaf, and the period."""
    ref = hosts.by_id(company_id)
    assert ref is not None
    begin = (timezone.now() - timedelta(days=DAYS + 100)).replace(microsecond=0)
    with context.enter(ref):
        set_rule(kind="access_events", site=None, days=DAYS, by="operator:bench")
        with transaction.atomic(), connection.cursor() as cursor:
            names = ", ".join(_COLUMNS)
            with cursor.copy(f"COPY access_accessevent ({names}) FROM STDIN") as copy:
                pending = []
                for batch, rows in _batches(ref.uid, events, begin):
                    for row in rows:
                        copy.write_row(row)
                    pending.append((batch, batch_hash([row[-1] for row in rows]), rows[0][2]))
            cursor.executemany(
                f"INSERT INTO ledger_pendingbatch (batch, kind, count, hash, at)"
                f" VALUES (%s, 'scan', {BATCH}, %s, %s)",
                pending,
            )
        seal(ref)


def _batches(uid: bytes, events: int, begin: datetime) -> Iterator[tuple[UUID, list[tuple[Any, ...]]]]:
    for first in range(1, events + 1, BATCH):
        batch, rows = uuid4(), []
        for index in range(BATCH):
            at = begin + timedelta(seconds=first + index)
            made = {
                "reader": READER,
                "counter": first + index,
                "at": at,
                "reader_at": at,
                "access_point": 1,
                "credential": index + 1,
                "device": index + 1,
                "profile": 1,
                "issued": int(at.timestamp()),
                "nonce": index,
                "code_hash": os.urandom(32),
                "granted": True,
                "reason": "granted",
                "assurance": 1,
                "policy_epoch": 1,
                "policy_seq": 1,
                "facts": "{}",
                "offline": False,
            }
            leaf = leaf_of_event(uid, made)
            rows.append((*(made[name] for name in COLUMNS), batch, index, leaf))
        yield batch, rows


def work(company_id: int) -> None:
    """Carry the night on for as many seconds as each line on standard input says; tell how far it is."""
    ref = hosts.by_id(company_id)
    assert ref is not None
    with context.enter(ref):
        run = begin_night(datetime.now(UTC))
        for line in sys.stdin:
            begun = time.monotonic()
            over = carry_on(run, seconds=float(line))
            run.refresh_from_db()
            gone = run.done.get("access_events", {}).get("gone", 0)
            print(f"{int(over)} {gone} {time.monotonic() - begun:.3f}", flush=True)
