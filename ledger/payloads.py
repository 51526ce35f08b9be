"""The personal part of a deed, sealed under its subject's key."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from vault.services import subject_open, subject_seal


def seal_payload(*, subject: uuid.UUID, entry: uuid.UUID, payload: Mapping[str, Any]) -> bytes:
    """Ciphertext of the payload, bound to this company, table, column and entry."""
    plain = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return subject_seal(subject, plain, place=_place(entry))


def open_payload(*, subject: uuid.UUID, entry: uuid.UUID, sealed: bytes) -> dict[str, Any] | None:
    """The payload without its salt; None when the person was erased."""
    plain = subject_open(subject, sealed, place=_place(entry))
    if plain is None:
        return None
    payload: dict[str, Any] = json.loads(plain)
    payload.pop("salt", None)
    return payload


def _place(entry: uuid.UUID) -> str:
    return f"ledger_ledgerentry/payload/{entry}"
