"""Writes of the record: handles, deeds, announcements, the epoch."""

import secrets
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from django.db import connection, transaction

from ledger import kick
from ledger.leaves import deed_record, whole_milliseconds
from ledger.models import BatchKind, LedgerEntry, Outbox, PendingBatch
from ledger.outbox import deliver
from ledger.payloads import seal_payload
from ledger.sealing import seal
from ledger.selectors import current_policy
from ledger.signals import POLICY
from sallyport.ledger import batch_hash, deed_leaf
from tenants import context
from vault.models import Subject

__all__ = [
    "current_policy",
    "deliver",
    "emit",
    "next_handle",
    "raise_epoch",
    "record",
    "seal",
    "start_policy_counter",
]

HandleKind = Literal[
    "credential",
    "device",
    "profile",
    "reader",
    "access_point",
    "holder",
    "visit",
    "kiosk",
    "case",
    "certificate",
    "breach",
]
SALT_BYTES = 16


def next_handle(kind: HandleKind) -> int:
    """The next handle of its kind: 1, 2, 3 ... Dense, never reused: the row stays locked until commit.

    Must run inside a transaction: outside of one a handle could be lost between here and its use.
    """
    if kind not in get_args(HandleKind):
        msg = f"no such kind of handle: {kind}"
        raise ValueError(msg)
    _must_be_in_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_handlecounter (kind, last) VALUES (%s, 1)"
            " ON CONFLICT (kind) DO UPDATE SET last = ledger_handlecounter.last + 1 RETURNING last",
            [kind],
        )
        (handle,) = cursor.fetchone()
    return int(handle)


def record(  # noqa: PLR0913  (the fields of a deed; a dataclass would only rename them)
    *,
    actor: str,
    verb: str,
    subject_kind: str = "",
    handle: int | None = None,
    data: Mapping[str, Any] | None = None,
    subject: Subject | None = None,
    payload: Mapping[str, Any] | None = None,
) -> LedgerEntry:
    """Put a deed on record, in the caller's transaction: it stands exactly if the deed does.

    `data` holds handles, times and reasons only (JSON without floats). Whatever is personal goes to
    `payload`, which is encrypted under the key of `subject` together with a salt: erasing the key leaves
    nothing to guess from.
    """
    _must_be_in_transaction()
    if payload is not None and subject is None:
        msg = "a personal payload needs the subject whose key hides it"
        raise ValueError(msg)
    entry = LedgerEntry(
        id=uuid.uuid4(),
        at=whole_milliseconds(datetime.now(UTC)),
        actor=actor,
        verb=verb,
        subject_kind=subject_kind,
        handle=handle,
        data=dict(data or {}),
        subject=subject.pk if subject else None,
        batch=uuid.uuid4(),
        batch_index=0,
    )
    if subject is not None and payload is not None:
        salted = {"salt": secrets.token_hex(SALT_BYTES), **payload}
        entry.payload = seal_payload(subject=subject.pk, entry=entry.id, payload=salted)
    entry.leaf = deed_leaf(deed_record(context.current().uid, vars(entry)))
    entry.save(force_insert=True)
    PendingBatch.objects.create(
        batch=entry.batch, kind=BatchKind.DEED, count=1, hash=batch_hash([entry.leaf]), at=entry.at
    )
    kick.after_commit()
    return entry


def emit(topic: str, data: Mapping[str, Any] | None = None, *, later: timedelta = timedelta()) -> None:
    """Announce after commit, surely: an outbox row in the caller's transaction. `data` carries ids only.

    With `later` it is delivered so long after now at the soonest.
    """
    _must_be_in_transaction()
    due = {"due": datetime.now(UTC) + later} if later else {}
    Outbox.objects.create(topic=topic, data=dict(data or {}), **due)
    kick.after_commit()


def start_policy_counter(company_id: int) -> None:
    """Give a new company its counter; does nothing where there is one (the step may be resumed)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_policycounter (id, company_id) VALUES (1, %s) ON CONFLICT (id) DO NOTHING",
            [company_id],
        )


@transaction.atomic
def raise_epoch(*, actor: str) -> tuple[int, int]:
    """Begin a new epoch, after a restore: everything that caches policy or holds a number must start over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7, company_id) FROM ledger_policycounter WHERE id = 1")
        cursor.execute(
            "UPDATE ledger_policycounter SET epoch = epoch + 1, seq = seq + 1 WHERE id = 1"
            " RETURNING epoch, seq"
        )
        epoch, seq = cursor.fetchone()
    emit(POLICY, {"epoch": epoch, "seq": seq})
    record(actor=actor, verb="policy_epoch_raised", data={"epoch": epoch, "seq": seq})
    return int(epoch), int(seq)


def _must_be_in_transaction() -> None:
    if not connection.in_atomic_block:
        msg = "must run inside the transaction of what it belongs to"
        raise transaction.TransactionManagementError(msg)
