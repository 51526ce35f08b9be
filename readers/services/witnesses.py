"""Checkpoints under readers' signatures, and the alarm when one contradicts what its reader has stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from ledger import services as ledger
from readers.keys import VerifyKey, verify_key
from readers.models import Reader
from readers.selectors import checkpoint_hashes
from sallyport.ledger import parse_checkpoint
from sallyport.reader_protocol import Fork, witness_bytes
from tenants import context
from vault.selectors import public_keys

_STORE = """
INSERT INTO readers_checkpointwitness (reader_id, number, checkpoint_hash, signature, at)
SELECT reader, number, hash, signature, %s
  FROM unnest(%s::int[], %s::bigint[], %s::bytea[], %s::bytea[]) AS t(reader, number, hash, signature)
ON CONFLICT DO NOTHING
"""
# A reader that signs another hash under a number it has signed before was shown two histories.
_CONTRADICTIONS = """
SELECT w.reader_id, w.number
  FROM unnest(%s::int[], %s::bigint[], %s::bytea[]) AS t(reader, number, hash)
  JOIN readers_checkpointwitness w ON w.reader_id = t.reader AND w.number = t.number
 WHERE w.checkpoint_hash <> t.hash
"""


@dataclass(frozen=True, slots=True)
class Witness:
    """A reader's signature under a checkpoint that it says it has stored."""

    reader: int
    number: int
    signature: bytes
    key: VerifyKey

    def holds(self, company: bytes, checkpoint_hash: bytes) -> bool:
        """Whether the reader signed this very checkpoint."""
        signed = witness_bytes(
            company=company, reader=self.reader, number=self.number, checkpoint_hash=checkpoint_hash
        )
        return self.key.holds(signed, self.signature)


@transaction.atomic
def record_witnesses(*, company: bytes, witnesses: Sequence[Witness], now: datetime) -> list[bool]:
    """Keep the signatures that hold; for each, in order, whether it did."""
    hashes = checkpoint_hashes({witness.number for witness in witnesses})
    verdicts = [w.number in hashes and w.holds(company, hashes[w.number]) for w in witnesses]
    good = [witness for witness, verdict in zip(witnesses, verdicts, strict=True) if verdict]
    if not good:
        return verdicts
    readers = [witness.reader for witness in good]
    numbers = [witness.number for witness in good]
    signed = [hashes[witness.number] for witness in good]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [now, readers, numbers, signed, [witness.signature for witness in good]])
        cursor.execute(_CONTRADICTIONS, [readers, numbers, signed])
        forks = cursor.fetchall()
    for reader, number in forks:
        raise_fork_alarm(reader=reader, number=number, now=now)
    return verdicts


@transaction.atomic
def raise_fork_alarm(*, reader: int, number: int, now: datetime) -> None:
    """A reader was shown two histories. The first alarm of a reader stands until an operator looks."""
    changed = Reader.objects.filter(handle=reader, fork_alarm_at=None).update(fork_alarm_at=now)
    if changed:
        ledger.record(
            actor=f"reader:{reader}",
            verb="ledger_fork_seen",
            subject_kind="reader",
            handle=reader,
            data={"checkpoint": number},
        )


def raise_proven_fork(reader: int, said: Fork, now: datetime) -> bool:
    """Raise the alarm for a checkpoint of ours that a reader still holds; False when it is not ours.

    It is ours when any checkpoint key of the company, retired ones too, has signed it for this company and
    number. What else stands under that number now is for the operator to find out.
    """
    try:
        seen = parse_checkpoint(said.data)
    except ValueError:
        return False
    ours = any(_signed(raw, said.data, said.sig) for raw in public_keys()["checkpoint"])
    if not ours or seen.company != context.current().uid or seen.number != said.number:
        return False
    raise_fork_alarm(reader=reader, number=said.number, now=now)
    return True


def _signed(raw: bytes, data: bytes, signature: bytes) -> bool:
    return verify_key("ed25519", raw).holds(data, signature)


@transaction.atomic
def clear_fork_alarm(*, reader: Reader, by: str) -> None:
    """An operator has looked into the alarm."""
    changed = (
        Reader.objects.filter(handle=reader.handle).exclude(fork_alarm_at=None).update(fork_alarm_at=None)
    )
    if changed:
        ledger.record(actor=by, verb="ledger_fork_cleared", subject_kind="reader", handle=reader.handle)
