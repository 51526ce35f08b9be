"""From rows to hashes: the one place where this room's rows meet the canonical bytes of the core."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sallyport.ledger import DeedRecord

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Unix milliseconds. The record keeps whole ones: `whole_milliseconds` before storing."""
    return (at - EPOCH) // MILLISECOND


def whole_milliseconds(at: datetime) -> datetime:
    """The time without what a leaf does not cover."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def canonical_json(data: Mapping[str, Any]) -> str:
    """One spelling per value: sorted keys, no spaces. Floats have many spellings: TypeError."""
    _refuse_floats(data)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        msg = "a deed's data holds no floats"
        raise TypeError(msg)
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def deed_record(company: bytes, row: Mapping[str, Any]) -> DeedRecord:
    """What of a ledger entry's row is hashed. The payload counts as ciphertext: erasure changes no hash.

    A time with a part finer than a millisecond was never written by us: ValueError.
    """
    at: datetime = row["at"]
    if at.microsecond % 1000:
        msg = "finer than a millisecond"
        raise ValueError(msg)
    subject: UUID | None = row["subject"]
    entry: UUID = row["id"]
    return DeedRecord(
        company=company,
        entry=entry.bytes,
        at_ms=milliseconds(at),
        actor=row["actor"],
        verb=row["verb"],
        subject_kind=row["subject_kind"],
        handle=row["handle"],
        data=canonical_json(row["data"]),
        subject=subject.bytes if subject else None,
        payload=bytes(row["payload"] or b""),
    )
