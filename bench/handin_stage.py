"""A reader's journal for the bench of hand-in, as the reader itself would have written it. Needs Django."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from access.policy import build_doors, doors_statement
from bench.scan_firm import LIFE, Firm
from bench.scan_load import Signer
from sallyport.keys import Ed25519Signer
from sallyport.offline import (
    FIRST_PREVIOUS,
    MOST_HANDED_IN,
    Bundle,
    Gone,
    JournalEntry,
    Judge,
    entry_bytes,
    entry_hash,
)
from tenants import context, hosts
from vault.selectors import key_entries

# Everything that a hand-in writes for an event, without looking at any of it.
BARE = """
CREATE TABLE bench_event (LIKE access_accessevent INCLUDING ALL);
CREATE TABLE bench_used (LIKE readers_usedcode INCLUDING ALL);
"""
COLUMNS = (
    ("reader", "int"),
    ("counter", "bigint"),
    ("at", "timestamptz"),
    ("reader_at", "timestamptz"),
    ("access_point", "int"),
    ("credential", "bigint"),
    ("device", "bigint"),
    ("profile", "int"),
    ("issued", "bigint"),
    ("nonce", "bigint"),
    ("code_hash", "bytea"),
    ("granted", "bool"),
    ("reason", "text"),
    ("assurance", "smallint"),
    ("policy_epoch", "int"),
    ("policy_seq", "bigint"),
    ("facts", "text"),
    ("offline", "bool"),
    ("batch", "uuid"),
    ("batch_index", "int"),
    ("leaf", "bytea"),
)
NAMES = ", ".join(name for name, _ in COLUMNS)
INSERT = (
    f"INSERT INTO bench_event ({NAMES}) SELECT * FROM unnest("
    + ", ".join(f"%s::{kind}[]" for _, kind in COLUMNS)
    + ")"
)
USED = "INSERT INTO bench_used SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])"


@dataclass
class Journal:
    """A firm's first reader, cut off."""

    firm: Firm
    handle: int
    key: Ed25519Signer
    minting: Signer
    judge: Judge
    position: int = 0
    previous: bytes = FIRST_PREVIOUS

    def batches(self, count: int, folder: Path) -> Iterator[Path]:
        """Write so many entries as bodies of requests, 500 in each."""
        for first in range(0, count, MOST_HANDED_IN):
            entries = [self._next() for _ in range(min(MOST_HANDED_IN, count - first))]
            path = folder / f"{self.position}.json"
            path.write_text(json.dumps({"entries": entries}, separators=(",", ":")))
            yield path

    def _next(self) -> dict[str, Any]:
        self.position += 1
        at_ms, code = int(time.time() * 1000), self.minting.coded()
        found = self.judge.decide(code, now=at_ms // 1000, challenges=(), used=lambda use: False).decision
        if not found.granted:
            raise SystemExit(f"the bench's own code was refused: {found.reason}")
        entry = JournalEntry(
            position=self.position,
            counter=self.position,
            at_ms=at_ms,
            code=code,
            challenges=(),
            granted=found.granted,
            reason=found.reason,
            facts=found.facts_text,
            epoch=1,
            seq=1,
            previous=self.previous,
        )
        data = entry_bytes(entry, company=self.firm.uid, reader=self.handle)
        told = {name: getattr(entry, name) for name in JournalEntry.__slots__}
        told |= {"previous": _b64(self.previous), "sig": _b64(self.key.sign(data)), "challenges": []}
        self.previous = entry_hash(data)
        return told


def cut_off(firm: Firm) -> Journal:
    """The firm's first reader, with a list made now."""
    handle, seed = firm.readers[0]
    with context.enter(_ref(firm)):
        with connection.cursor() as cursor:
            cursor.execute(doors_statement(context.current().schema))
            doors = build_doors(cursor.fetchone()[0])
        level = next(iter(next(iter(doors.values())).levels))
        bundle = Bundle(
            company=firm.uid,
            reader=handle,
            number=1,
            at_ms=int(time.time() * 1000),
            epoch=1,
            seq=1,
            door=next(iter(doors.values())),
            profiles={profile: (level,) for _, _, profile in firm.people},
            gone=Gone(),
            mode="as_online",
            trust=86_400,
            life=LIFE,
            pulse_ms=3_000,
            keys=key_entries(),
        )
    return Journal(firm, handle, Ed25519Signer(seed), Signer(firm), Judge(bundle))


def prepare_bare(firm: Firm) -> None:
    """The tables of the baseline."""
    with context.enter(_ref(firm)), connection.cursor() as cursor:
        cursor.execute(BARE)


def bare(firm: Firm, handle: int, first: int, last: int) -> float:
    """Seconds to insert the rows of these counters in bulk, as often as hand-in did: 500 in a transaction."""
    with context.enter(_ref(firm)), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {NAMES} FROM access_accessevent"
            " WHERE reader = %s AND counter BETWEEN %s AND %s ORDER BY counter",
            [handle, first, last],
        )
        rows = cursor.fetchall()
        seconds = 0.0
        for start in range(0, len(rows), MOST_HANDED_IN):
            columns = list(map(list, zip(*rows[start : start + MOST_HANDED_IN], strict=True)))
            begun = time.perf_counter()
            # One statement each and no transaction around them: PostgreSQL commits twice.
            cursor.execute(USED, [columns[6], columns[8], columns[9]])
            cursor.execute(INSERT, columns)
            seconds += time.perf_counter() - begun
        return seconds


def recorded(firm: Firm, handle: int) -> int:
    """How many offline events of the reader are on record."""
    with context.enter(_ref(firm)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_accessevent WHERE reader = %s AND offline", [handle])
        return int(cursor.fetchone()[0])


def _ref(firm: Firm) -> Any:
    return hosts.by_id(firm.id)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
