"""Recomputing the record from its rows. Upper rooms register leaf sources, witnesses and checks."""

from ledger.verify.engine import verify
from ledger.verify.registry import LeafSource, Witness, check, source, witness
from ledger.verify.report import Finding, Report

__all__ = ["Finding", "LeafSource", "Report", "Witness", "check", "source", "verify", "witness"]
