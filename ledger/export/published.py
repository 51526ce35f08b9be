"""Checkpoints for whoever asks: an auditor who holds one of them can tell that nothing before was altered."""

import base64
from typing import Any, Final

from ledger.export import registry
from ledger.export.key_list import key_list
from ledger.models import Checkpoint
from ledger.streams.witnesses import FORMAT, told
from tenants import context

NEWEST: Final = 20


def newest() -> dict[str, Any]:
    """The newest checkpoints by rising number, with countersignatures, and the keys that count."""
    return _document(list(Checkpoint.objects.order_by("-number")[:NEWEST])[::-1])


def numbered(number: int) -> dict[str, Any] | None:
    """The same of one; None where there is none of this number."""
    found = Checkpoint.objects.filter(number=number).first()
    return None if found is None else _document([found])


def _document(rows: list[Checkpoint]) -> dict[str, Any]:
    signed = _countersigned([row.number for row in rows])
    return {
        "format": FORMAT,
        "company": context.current().uid.hex(),
        "checkpoints": [{**told(row), "witnesses": signed.get(row.number, [])} for row in rows],
        "keys": key_list(),
    }


def _countersigned(numbers: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    if not numbers:
        return found
    for made in registry.signatures:
        for one in made((numbers[0], numbers[-1])):
            signature = base64.b64encode(one.signature).decode()
            line = {"reader": one.reader, "hash": one.checkpoint_hash.hex(), "signature": signature}
            found.setdefault(one.number, []).append(line)
    return found
