"""Another key takes the place of a reader's own, with an overlap: a lost answer shuts nobody out.

The new key is announced under the one in force, and proves itself. From then on both are taken, until the
first request that the new one has signed, or for a week: then the old one is at its end. That the new one
asks for its announcement once more is no use of it: the reader goes on under the old one until it has the
answer.

A key that is used after a later one was in use is in two hands. In the week after it was overtaken the
identity is switched off, as for two contacts: a copy that renews before the reader does must not keep it.
Later, only an alarm: then nobody who finds an old key can switch off a reader that has gone on for long.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from access.models import AlarmKind
from access.services import raise_reader_alarm
from ledger import services as ledger
from readers.former_keys import FormerKey
from readers.keys import verify_key, well_formed
from readers.models import Reader, ReaderHealth, ReaderKind, ReaderState
from readers.refusals import ReaderRefused, Refusal
from readers.services.forks import switch_off
from sallyport.reader_protocol import key_print, renew_bytes, renewed_bytes
from tenants import context
from vault.selectors import answer_signer

OVERLAP: Final = timedelta(days=7)
YEAR: Final = timedelta(days=365)
FORKS: Final = timedelta(days=7)  # after it was overtaken: so long a key that is used again switches both off


@dataclass(frozen=True, slots=True)
class Renewed:
    """The answer: when the key before ends at the latest, under the answer key."""

    until_ms: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """A new key with its proof, told by a request that `signed_with` has signed at unix second `created`."""

    new_key: bytes
    proof: bytes
    signed_with: bytes
    created: int


def renew_key(*, reader: Reader, wish: Wish, now: datetime) -> Renewed:
    """Take a new key. The same again is answered the same.

    Raises ReaderRefused: KEY_ENDED, KEY_MALFORMED, KEY_TAKEN, PROOF_WRONG.
    """
    with transaction.atomic():
        row = _locked(reader.handle)
        until = _taken(row, wish)
        if until is None:
            row = saw_new_key(handle=row.handle, key=wish.signed_with, created=wish.created, now=now)
            until = _announce(row, wish, now)
    until_ms = int(until.timestamp() * 1000)
    told = renewed_bytes(
        company=context.current().uid, reader=row.handle, new_key=wish.new_key, until_ms=until_ms
    )
    return Renewed(until_ms, answer_signer().sign(told))


def _locked(handle: int) -> Reader:
    """The reader's row, held: of two that change its key the second sees what the first one did."""
    return Reader.objects.select_for_update(of=("self",), no_key=True).get(handle=handle)


def _taken(row: Reader, wish: Wish) -> datetime | None:
    """When the key before ends, for a key that was taken already; its first answer may have been lost."""
    present = bytes(row.public_key)
    if row.next_key is not None and wish.new_key == bytes(row.next_key):
        return row.key_ends if wish.signed_with in {present, wish.new_key} else None
    if wish.new_key == wish.signed_with == present:
        before = FormerKey.objects.filter(reader=row, ended_at__gte=row.paired_at).first()
        return before.until if before is not None else None
    return None


def _announce(row: Reader, wish: Wish, now: datetime) -> datetime:
    over = row.key_ends is not None and now >= row.key_ends
    if over or wish.signed_with != bytes(row.public_key):
        raise ReaderRefused(Refusal.KEY_ENDED)  # another request has ended it meanwhile
    if not well_formed(row.algorithm, wish.new_key):
        raise ReaderRefused(Refusal.KEY_MALFORMED)
    if is_taken(wish.new_key):
        raise ReaderRefused(Refusal.KEY_TAKEN)
    signed = renew_bytes(
        company=context.current().uid, reader=row.handle, new_key=wish.new_key, old_key=wish.signed_with
    )
    if not verify_key(row.algorithm, wish.new_key).holds(signed, wish.proof):
        raise ReaderRefused(Refusal.PROOF_WRONG)
    # Announcing yet another key does not give the one in force a longer life.
    ends = row.key_ends or now + OVERLAP
    row.next_key, row.key_ends = wish.new_key, ends
    try:
        with transaction.atomic():
            row.save(update_fields=["next_key", "key_ends"])
    except IntegrityError:  # another reader announces the same at this moment
        raise ReaderRefused(Refusal.KEY_TAKEN) from None
    _record(row, "reader_key_announced", row.actor, key=key_print(wish.new_key))
    return ends


def is_taken(key: bytes) -> bool:
    """Whether a reader of the company has this key, had it, or has announced it."""
    return (
        Reader.objects.filter(public_key=key).exists()
        or Reader.objects.filter(next_key=key).exists()
        or FormerKey.objects.filter(public_key=key).exists()
    )


@transaction.atomic
def saw_new_key(*, handle: int, key: bytes, created: int, now: datetime) -> Reader:
    """A request of unix second `created`, by the reader's clock, was signed by a key that is not in force yet
    or that nobody has seen so far: the one before is at its end. Raises ReaderRefused KEY_ENDED.
    """
    row = _locked(handle)
    if row.next_key is not None and key == bytes(row.next_key):
        _take_over(row, now, created)
    elif key != bytes(row.public_key):
        raise ReaderRefused(Refusal.KEY_ENDED)
    elif row.key_unseen_since is not None:
        row.key_unseen_since = None
        row.save(update_fields=["key_unseen_since"])
        FormerKey.objects.filter(reader=row, overtaken_at=None).update(overtaken_at=now, overtaken_by=created)
    return row


@transaction.atomic
def end_key(*, reader: Reader, now: datetime) -> Reader:
    """The time of the key in force is up: the announced one is in force, seen or not."""
    row = _locked(reader.handle)
    if row.next_key is not None and row.key_ends is not None and now >= row.key_ends:
        _take_over(row, now, None)
    return row


def end_keys(*, now: datetime) -> int:
    """The same for all readers; how many there were."""
    due = list(Reader.objects.filter(key_ends__lte=now).exclude(next_key=None))
    for reader in due:
        end_key(reader=reader, now=now)
    return len(due)


def _take_over(row: Reader, now: datetime, created: int | None) -> None:
    FormerKey.objects.create(
        reader=row,
        algorithm=row.algorithm,
        public_key=bytes(row.public_key),
        since=row.in_force_since,
        until=row.key_ends or now,
        ended_at=now,
        overtaken_at=now if created is not None else None,
        overtaken_by=created,
    )
    before = key_print(bytes(row.public_key))
    row.public_key, row.key_since = bytes(row.next_key or b""), now
    row.next_key = row.key_ends = None
    row.key_unseen_since = now if created is None else None
    row.save(update_fields=["public_key", "key_since", "next_key", "key_ends", "key_unseen_since"])
    ReaderHealth.objects.filter(reader=row).update(renewal_asked_at=None)
    seen = {"seen": created is not None}
    _record(row, "reader_key_renewed", row.actor, before=before, key=key_print(row.public_key), **seen)


@transaction.atomic
def used_ended_key(*, reader: Reader, former: FormerKey, created: int, now: datetime) -> Refusal:
    """Something was signed by a key that is at its end; what is answered. It opens nothing, whoever has it.

    What was signed after a later key had been in use tells that there are two. Which of them is the reader is
    not known here: it may have been away while a copy of it renewed the key.
    """
    if not former.was_used_after(created):
        return Refusal.KEY_ENDED
    row = _locked(reader.handle)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    facts = {"former_key": former.pk}
    if row.state == ReaderState.ACTIVE and former.was_overtaken_since(now - FORKS):
        switch_off(row=row, health=health, now=now, facts=facts)
    else:
        raise_reader_alarm(kind=AlarmKind.IDENTITY_FORKED, reader=row.handle, at=now, facts=facts)
    off = row.state == ReaderState.SUSPENDED and health.forked_at is not None
    return Refusal.IDENTITY_FORKED if off else Refusal.KEY_ENDED


@transaction.atomic
def ask_renewal(*, reader: Reader, by: str) -> None:
    """Have the reader renew its key when it is next heard; asked once until it has. Programs alone can."""
    row = _locked(reader.handle)
    if row.kind != ReaderKind.PROGRAM:
        raise ReaderRefused(Refusal.KEY_STAYS)
    if row.state == ReaderState.RETIRED:
        raise ReaderRefused(Refusal.READER_RETIRED)
    health, _ = ReaderHealth.objects.get_or_create(reader=row)
    if health.wipe_asked_at is not None:
        raise ReaderRefused(Refusal.READER_WIPED)
    if health.renewal_asked_at is None:
        health.renewal_asked_at = datetime.now(UTC)
        health.save(update_fields=["renewal_asked_at"])
        _record(row, "reader_key_renewal_asked", by)


def must_renew(row: Reader, health: ReaderHealth, now: datetime) -> bool:
    """Whether the reader is told to renew its key: somebody wants it, or it is a year old."""
    old = now - row.in_force_since >= YEAR
    return row.kind == ReaderKind.PROGRAM and (health.renewal_asked_at is not None or old)


def _record(row: Reader, verb: str, by: str, **data: object) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="reader", handle=row.handle, data=data)
