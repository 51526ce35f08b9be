"""Excerpts of the record for auditors: one ZIP, with a verifier in it that needs nothing of ours."""

from ledger.export.archive import Excerpt, NothingSealed, Told, export, export_proof, find_excerpt, head_at
from ledger.export.registry import (
    Countersignature,
    Elsewhere,
    counted_elsewhere,
    countersignatures,
    reader_keys,
)

__all__ = [
    "Countersignature",
    "Elsewhere",
    "Excerpt",
    "NothingSealed",
    "Told",
    "counted_elsewhere",
    "countersignatures",
    "export",
    "export_proof",
    "find_excerpt",
    "head_at",
    "reader_keys",
]
