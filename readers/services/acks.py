"""Acknowledgements: verified one by one, stored many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import connection

from readers.keys import Holds
from sallyport.reader_protocol import ack_bytes
from tenants import live

# One statement for the whole batch. A repeated acknowledgement changes nothing; an older one never
# moves a reader back. `last_heard` rides along, so a busy reader costs no heartbeat of its own.
_STORE = """
WITH given AS (
    SELECT * FROM unnest(%s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bytea[])
        AS t(reader, epoch, seq, at_ms, signature)
), stored AS (
    INSERT INTO readers_readerack (reader_id, epoch, seq, at_ms, received_at, signature)
    SELECT reader, epoch, seq, at_ms, clock_timestamp(), signature FROM given
    ON CONFLICT DO NOTHING
), newest AS (
    SELECT DISTINCT ON (reader) reader, epoch, seq FROM given ORDER BY reader, epoch DESC, seq DESC
)
UPDATE readers_reader r
   SET applied_epoch = n.epoch, applied_seq = n.seq, last_heard = clock_timestamp()
  FROM newest n
 WHERE r.handle = n.reader AND (r.applied_epoch, r.applied_seq) <= (n.epoch, n.seq)
"""


@dataclass(frozen=True, slots=True)
class Ack:
    """A reader's word as it came in, with the key that must have signed it."""

    reader: int
    epoch: int
    seq: int
    at_ms: int
    signature: bytes
    key: Holds


class AckVerdict(Enum):
    """What became of one acknowledgement."""

    STORED = "stored"
    WRONG_SIGNATURE = "wrong_signature"
    AHEAD = "ahead"


def judge(company: bytes, ack: Ack, known: tuple[int, int]) -> AckVerdict:
    """Whether the signature holds and the reader claims nothing that does not exist yet."""
    signed = ack_bytes(company=company, reader=ack.reader, epoch=ack.epoch, seq=ack.seq, at_ms=ack.at_ms)
    if not ack.key.holds(signed, ack.signature):
        return AckVerdict.WRONG_SIGNATURE
    if (ack.epoch, ack.seq) > known:
        return AckVerdict.AHEAD
    return AckVerdict.STORED


def record_acks(*, company: bytes, acks: Sequence[Ack], known: tuple[int, int]) -> list[AckVerdict]:
    """Store every acknowledgement that holds, in one statement; one verdict for each, in order.

    `known` is the newest `(epoch, seq)` that was sent out: a reader cannot vouch for the future.
    """
    verdicts = [judge(company, ack, known) for ack in acks]
    good = [ack for ack, verdict in zip(acks, verdicts, strict=True) if verdict is AckVerdict.STORED]
    if good:
        with connection.cursor() as cursor:
            cursor.execute(
                _STORE,
                [
                    [ack.reader for ack in good],
                    [ack.epoch for ack in good],
                    [ack.seq for ack in good],
                    [ack.at_ms for ack in good],
                    [ack.signature for ack in good],
                ],
            )
    return verdicts


def tell_acks(*, company_id: int, point: tuple[int, int]) -> None:
    """Let consoles know that there are new acknowledgements to be counted; best effort."""
    live.publish(company_id, "acks", {"epoch": point[0], "seq": point[1]})
