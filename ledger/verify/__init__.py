"""Recomputing the record from its rows. Upper rooms register leaf sources, witnesses and checks."""

from ledger.verify.engine import verify
from ledger.verify.registry import Gap, LeafSource, Span, Witness, check, counted, source, witness
from ledger.verify.report import Acknowledged, Finding, Report

__all__ = [
    "Acknowledged",
    "Finding",
    "Gap",
    "LeafSource",
    "Report",
    "Span",
    "Witness",
    "check",
    "counted",
    "source",
    "verify",
    "witness",
]
