"""From rows to hashes: the one place where this room's rows meet the canonical bytes of the core."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.models import LedgerEntry
from sallyport import ledger as core


@dataclass(frozen=True, slots=True)
class Deed:
    """What of a deed is hashed. The payload counts as ciphertext: erasing a person's key changes no hash."""

    id: bytes
    at: datetime
    actor: str
    verb: str
    subject_kind: str
    handle: int | None
    data: Mapping[str, Any]
    subject: bytes
    payload: bytes

    @classmethod
    def of(cls, entry: LedgerEntry) -> "Deed":
        """The hashed view of a row."""
        return cls(
            entry.id.bytes,
            entry.at,
            entry.actor,
            entry.verb,
            entry.subject_kind,
            entry.handle,
            entry.data,
            entry.subject.bytes if entry.subject else b"",
            bytes(entry.payload or b""),
        )


def canonical_json(data: Mapping[str, Any]) -> bytes:
    """One spelling per value: sorted keys, no spaces, UTF-8. Floats have many spellings: refused."""
    _refuse_floats(data)
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


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


def deed_leaf(deed: Deed) -> bytes:
    """The leaf hash of a deed."""
    return core.deed_leaf(
        id=deed.id,
        at=deed.at,
        actor=deed.actor,
        verb=deed.verb,
        subject_kind=deed.subject_kind,
        handle=deed.handle,
        data=canonical_json(deed.data),
        subject=deed.subject,
        payload=deed.payload,
    )


def hash_of_batch(leaves: Sequence[bytes]) -> bytes:
    """The hash of a batch: what its pending row carries and what is sealed."""
    return core.batch_hash(leaves)
