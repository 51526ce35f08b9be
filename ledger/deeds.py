"""The record's own leaf rows, as the verification reads them."""

import json
from collections.abc import Mapping
from typing import Any

from ledger.leaves import deed_record
from ledger.models import BatchKind
from ledger.verify.registry import source
from sallyport.ledger import deed_leaf

COLUMNS = ("id", "at", "actor", "verb", "subject_kind", "handle", "data", "subject", "payload")


@source(BatchKind.DEED, table="ledger_ledgerentry", columns=COLUMNS)
def leaf_of(company: bytes, row: Mapping[str, Any]) -> bytes:
    """The leaf of a deed."""
    # Django hands jsonb out as text where no model field reads it.
    return deed_leaf(deed_record(company, {**row, "data": json.loads(row["data"])}))
