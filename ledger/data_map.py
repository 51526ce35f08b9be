"""What each field of this room's models holds, what for, and until when."""

from ledger.models import (
    Checkpoint,
    HandleCounter,
    LedgerEntry,
    Outbox,
    PendingBatch,
    PolicyChange,
    PolicyCounter,
    PrunedLeaf,
    SealedBatch,
    Stream,
    Verification,
)
from tenants.data_map import Category, Keep, Said, Use, describe, sealed

describe(
    Stream,
    Use.RECORD,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "kind": Category.NONE,
        "host": Category.NONE,
        "sealed": sealed(Category.KEY),
        "state": Category.NONE,
        "cursor": Category.NONE,
        "failures": Category.NONE,
        "failing_since": Category.NONE,
        "next_at": Category.NONE,
        "last_ok_at": Category.NONE,
        "last_error": Category.NONE,
        "created": Category.NONE,
        "actor": Category.DEED,
    },
)
describe(
    Checkpoint,
    Use.RECORD,
    Keep.SEALS,
    {
        "number": Category.NONE,
        "previous_hash": Category.NONE,
        "root": Category.NONE,
        "first_position": Category.NONE,
        "last_position": Category.NONE,
        "at": Category.NONE,
        "hash": Category.NONE,
        "signature": Category.NONE,
        "signer": Category.NONE,
    },
)
describe(
    HandleCounter,
    Use.RECORD,
    Keep.CHOSEN,
    {
        "kind": Category.NONE,
        "last": Category.NONE,
    },
)
describe(
    LedgerEntry,
    Use.RECORD,
    Keep.RECORD,
    {
        "id": Category.NONE,
        "at": Category.DEED,
        "actor": Category.DEED,
        "verb": Category.DEED,
        "subject_kind": Category.NONE,
        "handle": Category.HANDLE,
        "data": Category.DEED,
        "subject": Category.HANDLE,
        "payload": sealed(Category.DEED),
        "batch": Said(Category.NONE, keep=Keep.SEALS),
        "batch_index": Said(Category.NONE, keep=Keep.SEALS),
        "leaf": Said(Category.NONE, keep=Keep.SEALS),
    },
)
describe(
    Outbox,
    Use.RECORD,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "topic": Category.NONE,
        "data": Category.HANDLE,
        "created": Category.NONE,
        "due": Category.NONE,
        "attempts": Category.NONE,
        "error": Category.WORDS,
        "done": Category.NONE,
        "parked": Category.NONE,
    },
)
describe(
    PendingBatch,
    Use.RECORD,
    Keep.SHORT,
    {
        "batch": Category.NONE,
        "kind": Category.NONE,
        "count": Category.NONE,
        "hash": Category.NONE,
        "at": Category.NONE,
    },
)
describe(
    PolicyChange,
    Use.ACCESS,
    Keep.SHORT,
    {
        "seq": Category.NONE,
        "kind": Category.NONE,
        "handle": Category.HANDLE,
        "at": Category.NONE,
    },
)
describe(
    PolicyCounter,
    Use.ACCESS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "company_id": Category.NONE,
        "epoch": Category.NONE,
        "seq": Category.NONE,
        "pruned": Category.NONE,
    },
)
describe(
    PrunedLeaf,
    Use.RECORD,
    Keep.SEALS,
    {
        "batch": Category.NONE,
        "batch_index": Category.NONE,
        "leaf": Category.NONE,
        "deed": Category.NONE,
    },
)
describe(
    SealedBatch,
    Use.RECORD,
    Keep.SEALS,
    {
        "position": Category.NONE,
        "batch": Category.NONE,
        "kind": Category.NONE,
        "count": Category.NONE,
        "hash": Category.NONE,
    },
)
describe(
    Verification,
    Use.RECORD,
    Keep.RECORD,
    {
        "id": Category.NONE,
        "asked": Category.NONE,
        "actor": Category.DEED,
        "ended": Category.NONE,
        "holds": Category.NONE,
        "report": Category.NONE,
    },
)
