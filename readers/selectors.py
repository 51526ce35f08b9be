"""Reads of the readers' room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Q, QuerySet

from access.models import AccessEvent, AccessPoint
from ledger import selectors as record
from ledger.models import Checkpoint
from ledger.sealing import checkpoint_bytes
from ledger.selectors import PolicyDelta
from readers.keys import DatedKey, Overlap
from readers.models import (
    CheckpointWitness,
    DoorEvent,
    FormerKey,
    Pairing,
    Reader,
    ReaderHealth,
    ReaderState,
    UsedCode,
)
from sallyport.codes import OpenedCode
from sallyport.offline.journal import FIRST_PREVIOUS
from sallyport.reader_protocol import key_print

QUIET_AFTER = timedelta(seconds=90)
DELTA_LIMIT = 1000
STILL_READ = timedelta(days=30)  # for so long a reader program keeps what it wrote
SKEW = timedelta(seconds=60)  # by which a reader's clock may be off
_OF_KEYS = ("handle", "state", "algorithm", "public_key", "access_point_id", "next_key", "key_ends")


@dataclass(frozen=True, slots=True)
class ReaderKey:
    """What is needed to believe a reader."""

    handle: int
    state: str
    algorithm: str
    public_key: bytes
    access_point: int
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reader that has not acknowledged yet."""

    handle: int
    name: str
    last_heard: datetime | None


@dataclass(frozen=True, slots=True)
class Dead:
    """A reader at which the change is in force, and how long after the commit it said so."""

    handle: int
    name: str
    after_ms: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a policy change has come: "dead at 2 of 3 readers, 84 ms"."""

    epoch: int
    seq: int
    dead: tuple[Dead, ...]
    waiting: tuple[Waiting, ...]

    @property
    def total(self) -> int:
        """All active readers."""
        return len(self.dead) + len(self.waiting)

    @property
    def complete(self) -> bool:
        """Whether every active reader has acknowledged."""
        return not self.waiting

    @property
    def slowest_ms(self) -> int | None:
        """Milliseconds from the commit to the last acknowledgement so far."""
        return max((item.after_ms for item in self.dead), default=None)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A reader, and whether it holds the newest keys for codes."""

    reader: Reader
    newest: bool


@dataclass(frozen=True, slots=True)
class Health:
    """One line of the readers' list."""

    reader: Reader
    behind: int
    state: str


def readers() -> QuerySet[Reader]:
    """Every reader of the company, retired ones last."""
    return Reader.objects.select_related("access_point__door__area__site", "health").order_by("name")


def open_pairings(now: datetime) -> QuerySet[Pairing]:
    """Pairings that still wait for their reader."""
    return Pairing.objects.filter(used_at=None, expires__gt=now).select_related("access_point")


def _key_of(row: Reader) -> ReaderKey:
    overlap = row.overlap
    return ReaderKey(row.handle, row.state, row.algorithm, overlap.key, row.access_point_id, overlap)


def reader_key(handle: int) -> ReaderKey | None:
    """The reader's key and state, or nothing for an unknown handle."""
    return reader_keys([handle]).get(handle)


def reader_keys(handles: Sequence[int]) -> dict[int, ReaderKey]:
    """Keys and states of several readers at once."""
    rows = Reader.objects.filter(handle__in=handles).only(*_OF_KEYS)
    return {row.handle: _key_of(row) for row in rows}


def former_key(reader: Reader, name: str) -> FormerKey | None:
    """The key of this print that the reader has renewed since it was paired."""
    ended = FormerKey.objects.filter(reader=reader, ended_at__gte=reader.paired_at)
    return next((one for one in ended if key_print(bytes(one.public_key)) == name), None)


def signing_keys(reader: Reader, now: datetime) -> list[DatedKey]:
    """By which keys what this reader wrote down may be signed: those it may speak with, and those that it had
    when it wrote, for as long as it keeps what it wrote. Whoever hands it in needs a key that is in force.

    A key that time has ended is still the reader's own while it is cut off and has never heard that the next
    one was taken: it signs by it until it first speaks under the next one.
    """
    held = reader.overlap
    still = Q(overtaken_at=None) | Q(overtaken_at__gte=now - STILL_READ)
    return [
        *(DatedKey(reader.algorithm, raw) for raw in (held.key, held.next_key) if raw is not None),
        *(
            DatedKey(one.algorithm, bytes(one.public_key), _until_ms(one))
            for one in FormerKey.objects.filter(still, reader=reader, ended_at__gte=reader.paired_at)
        ),
    ]


def _until_ms(key: FormerKey) -> int | None:
    return None if key.overtaken_at is None else int((key.overtaken_at + SKEW).timestamp() * 1000)


def key_holders(newest: int) -> list[KeyHolder]:
    """Active readers with whether they said that they hold the key set `newest`."""
    found = Reader.objects.filter(state=ReaderState.ACTIVE).order_by("name")
    return [KeyHolder(reader, reader.keys_held == newest) for reader in found]


def policy_delta(epoch: int, seq: int, *, limit: int = DELTA_LIMIT) -> PolicyDelta:
    """What changed after `(epoch, seq)`; a reader that can only start over gets the present number alone."""
    found = record.policy_delta(epoch, seq, limit=limit)
    if found is not None:
        return found
    now_epoch, now_seq = record.current_policy()
    return PolicyDelta(now_epoch, now_seq, (), complete=True)


def asks_for_number(reader: Reader) -> bool:
    """Whether the reader's door shows a number that phones must sign."""
    return AccessPoint.objects.filter(handle=reader.access_point_id, door__area__door_challenge=True).exists()


def event_stands(reader: int, counter: int) -> bool:
    """Whether the reader's event of this number is on record."""
    return AccessEvent.objects.filter(reader=reader, counter=counter).exists()


def code_was_used(opened: OpenedCode) -> bool:
    """Whether a grant has used this code up already."""
    if opened.use_key is None:
        return False
    device, issued, nonce = opened.use_key
    return UsedCode.objects.filter(device=device, issued=issued, nonce=nonce).exists()


def last_counter(handle: int) -> int:
    """The newest event counter of this reader on record, 0 before its first event."""
    newest: int | None = AccessEvent.objects.filter(reader=handle).aggregate(Max("counter"))["counter__max"]
    return newest or 0


def last_door_number(handle: int) -> int:
    """The number of the last door event that this reader told, 0 before the first."""
    newest: int | None = DoorEvent.objects.filter(reader_id=handle).aggregate(Max("number"))["number__max"]
    return newest or 0


def door_events(reader: Reader, *, most: int = 12) -> list[DoorEvent]:
    """What the reader told of its door, newest first."""
    return list(DoorEvent.objects.filter(reader_id=reader.handle).order_by("-number")[:most])


def health_row(reader: Reader) -> ReaderHealth | None:
    """What the reader said of itself; nothing for one that was paired and never said a word."""
    try:
        return reader.health
    except ReaderHealth.DoesNotExist:
        return None


def journal_point(reader: Reader) -> tuple[int, bytes]:
    """The last entry of the reader's journal that is here: its position and hash."""
    found = bytes(getattr(reader, "journal_hash", None) or FIRST_PREVIOUS)
    return int(getattr(reader, "journal_position", 0)), found


def bundle_number(reader: Reader) -> int:
    """The number of the newest bundle made for the reader, 0 before the first."""
    return int(getattr(reader, "bundle_number", 0))


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as readers get it: its canonical bytes and the company's signature over them."""

    number: int
    data: bytes
    signature: bytes


def checkpoint_hashes(numbers: Collection[int]) -> dict[int, bytes]:
    """The hashes of these checkpoints, as far as they exist."""
    rows = Checkpoint.objects.filter(number__in=list(numbers)).values_list("number", "hash")
    return {number: bytes(found) for number, found in rows}


def last_witnessed(handle: int) -> int | None:
    """The newest checkpoint under which this reader has put its signature."""
    found: int | None = CheckpointWitness.objects.filter(reader_id=handle).aggregate(Max("number"))[
        "number__max"
    ]
    return found


def checkpoints_after(company: bytes, number: int | None, *, limit: int = 200) -> list[SignedCheckpoint]:
    """What a reader that has stored `number` must be shown next; for one that has none, the newest alone."""
    if number is None:
        rows = list(Checkpoint.objects.order_by("-number")[:1])
    else:
        rows = list(Checkpoint.objects.filter(number__gt=number).order_by("number")[:limit])
    return [
        SignedCheckpoint(row.number, checkpoint_bytes(company, row), bytes(row.signature)) for row in rows
    ]


# A reader paired after the change was made under it and has nothing to acknowledge.
_PROGRESS = """
SELECT r.handle, r.name, r.last_heard, a.received_at, c.at
  FROM (SELECT min(at) AS at FROM ledger_policychange WHERE seq = %(seq)s) c
  JOIN readers_reader r ON r.state = 'active' AND (c.at IS NULL OR r.paired_at <= c.at)
  LEFT JOIN LATERAL (
        SELECT received_at FROM readers_readerack
         WHERE reader_id = r.handle AND (epoch, seq) >= (%(epoch)s, %(seq)s)
         ORDER BY epoch, seq LIMIT 1) a ON true
 WHERE a.received_at IS NOT NULL OR (r.applied_epoch, r.applied_seq) < (%(epoch)s, %(seq)s)
 ORDER BY r.name
"""


def revocation_progress(seq: int) -> Progress:
    """At which active readers the change `seq` is in force, and which were last heard when."""
    epoch, _ = record.current_policy()
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, {"epoch": epoch, "seq": seq})
        rows = cursor.fetchall()
    dead, waiting = [], []
    for handle, name, last_heard, received, committed in rows:
        if received is None:
            waiting.append(Waiting(handle, name, last_heard))
        else:
            after = (received - committed).total_seconds() * 1000 if committed else 0
            dead.append(Dead(handle, name, max(0, round(after))))
    return Progress(epoch, seq, tuple(dead), tuple(waiting))


def health(now: datetime) -> list[Health]:
    """The readers' list with one plain word for each."""
    _, current = record.current_policy()
    return [_health(reader, current, now) for reader in readers()]


def health_of(reader: Reader, now: datetime) -> Health:
    """The same for one."""
    return _health(reader, record.current_policy()[1], now)


def _health(reader: Reader, current: int, now: datetime) -> Health:
    return Health(reader, max(0, current - reader.applied_seq), _word(reader, current, now))


def _word(reader: Reader, current: int, now: datetime) -> str:
    if reader.state != ReaderState.ACTIVE:
        return str(reader.state)
    if reader.fork_alarm_at is not None:
        return "alarm"
    if reader.last_heard is None or now - reader.last_heard > QUIET_AFTER:
        return "quiet"
    return "behind" if reader.applied_seq < current else "ready"
