"""The sealer: gives pending batches their places and signs a checkpoint over them."""

from datetime import UTC, datetime

from django.db import connection, transaction

from ledger.models import Checkpoint, PendingBatch, SealedBatch
from ledger.signals import CHECKPOINT
from sallyport import ledger as core
from tenants import context, live
from tenants.models import Company
from vault.selectors import checkpoint_signer

SEALER_LOCK = 12
MOST_BATCHES = 1000


def seal(company: Company | context.CompanyRef, *, now: datetime | None = None) -> list[int]:
    """Seal what is pending, if anything is; returns the numbers of the new checkpoints.

    One sealer per company at a time: a second one leaves at once, the first takes its rows too.
    """
    numbers: list[int] = []
    with context.enter(company) as ref:
        full = True
        while full:
            made = _seal_once(ref, now or datetime.now(UTC))
            if made is None:
                break
            numbers.append(made.number)
            live.publish(ref.id, CHECKPOINT, {"number": made.number})
            full = made.last_position - made.first_position + 1 == MOST_BATCHES
    return numbers


@transaction.atomic
def _seal_once(company: context.CompanyRef, now: datetime) -> Checkpoint | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SEALER_LOCK, company.id])
        if not cursor.fetchone()[0]:
            return None
    # Statements after the lock see what the former sealer committed (READ COMMITTED).
    pending = list(PendingBatch.objects.order_by("at", "batch")[:MOST_BATCHES])
    if not pending:
        return None
    last = Checkpoint.objects.order_by("-number").first()
    first_position = last.last_position + 1 if last else 1
    SealedBatch.objects.bulk_create(
        SealedBatch(position=position, batch=row.batch, kind=row.kind, count=row.count, hash=row.hash)
        for position, row in enumerate(pending, first_position)
    )
    removed, _ = PendingBatch.objects.filter(batch__in=[row.batch for row in pending]).delete()
    if removed != len(pending):
        msg = "a pending batch was taken away while it was sealed"
        raise RuntimeError(msg)
    checkpoint = _signed(company, last, pending, now)
    checkpoint.save(force_insert=True)
    return checkpoint


def _signed(
    company: context.CompanyRef, last: Checkpoint | None, pending: list[PendingBatch], now: datetime
) -> Checkpoint:
    first = last.last_position + 1 if last else 1
    at = now.replace(microsecond=0)
    made = Checkpoint(
        number=last.number + 1 if last else 1,
        previous_hash=bytes(last.hash) if last else core.FIRST_PREVIOUS,
        root=core.merkle_root([bytes(row.hash) for row in pending]),
        first_position=first,
        last_position=first + len(pending) - 1,
        at=max(at, last.at) if last else at,
    )
    signer = checkpoint_signer()
    signed = checkpoint_bytes(company.uid, made)
    made.hash = core.checkpoint_hash(signed)
    made.signature = signer.sign(signed)
    made.signer = signer.public.raw.hex()
    return made


def checkpoint_bytes(company: bytes, row: Checkpoint) -> bytes:
    """The bytes of a stored checkpoint that its signature covers. Raises ValueError for impossible ones."""
    return core.checkpoint_bytes(
        company=company,
        number=row.number,
        previous_hash=bytes(row.previous_hash),
        root=bytes(row.root),
        first_position=row.first_position,
        last_position=row.last_position,
        at=int(row.at.timestamp()),
    )
