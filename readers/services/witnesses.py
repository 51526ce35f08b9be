"""Checkpoints under readers' signatures, and the alarm when one contradicts what its reader has stored."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger import services as ledger
from readers.keys import VerifyKey
from readers.models import CheckpointWitness, Reader
from readers.refusals import ReaderRefused, Refusal
from sallyport.reader_protocol import witness_bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """A reader's signature under a checkpoint it has stored."""

    reader: int
    number: int
    checkpoint_hash: bytes
    signature: bytes
    key: VerifyKey

    def holds(self, company: bytes) -> bool:
        """Whether the reader signed this very checkpoint."""
        signed = witness_bytes(
            company=company, reader=self.reader, number=self.number, checkpoint_hash=self.checkpoint_hash
        )
        return self.key.holds(signed, self.signature)


@transaction.atomic
def record_witness(*, company: bytes, witness: Witness, now: datetime) -> None:
    """Keep a reader's signature under a checkpoint; another hash under the same number raises the alarm."""
    if not witness.holds(company):
        raise ReaderRefused(Refusal.WITNESS_WRONG)
    row, fresh = CheckpointWitness.objects.get_or_create(
        reader_id=witness.reader,
        number=witness.number,
        defaults={
            "checkpoint_hash": witness.checkpoint_hash,
            "signature": witness.signature,
            "at": now,
        },
    )
    if not fresh and bytes(row.checkpoint_hash) != witness.checkpoint_hash:
        raise_fork_alarm(reader=witness.reader, number=witness.number, now=now)


@transaction.atomic
def raise_fork_alarm(*, reader: int, number: int, now: datetime) -> None:
    """A reader was shown two histories. The first alarm of a reader is kept until an operator looks."""
    changed = Reader.objects.filter(handle=reader, fork_alarm_at=None).update(fork_alarm_at=now)
    if changed:
        ledger.record(
            actor=f"reader:{reader}",
            verb="ledger.fork_seen",
            subject_kind="reader",
            handle=reader,
            data={"checkpoint": number},
        )
        ledger.emit("reader.fork_alarm", {"reader": reader, "checkpoint": number})
