"""Deeds on a paired reader: rename, move, suspend, resume, retire."""

from django.db import transaction

from access.models import AccessPoint
from ledger import services as ledger
from readers.models import Reader, ReaderHealth, ReaderState
from readers.refusals import ReaderRefused, Refusal

NAME_LENGTH = 80


def _is_taken(name: str, but: int | None) -> bool:
    taken = Reader.objects.exclude(state=ReaderState.RETIRED).filter(name=name)
    return (taken.exclude(handle=but) if but is not None else taken).exists()


def clean_name(name: str, *, but: int | None = None) -> str:
    """The name without outer blanks; refuses an empty, long or taken one."""
    tidy = " ".join(name.split())
    if not 1 <= len(tidy) <= NAME_LENGTH:
        raise ReaderRefused(Refusal.NAME_MALFORMED)
    if _is_taken(tidy, but):
        raise ReaderRefused(Refusal.NAME_TAKEN)
    return tidy


def free_name(name: str, *, but: int | None = None) -> str:
    """The name, numbered if somebody took it meanwhile: nobody at the door could choose another."""
    candidate, number = name, 2
    while _is_taken(candidate, but):
        candidate = f"{name[: NAME_LENGTH - 5]} {number}"
        number += 1
    return candidate


def _locked(handle: int) -> Reader:
    """The reader under a row lock: two operators' deeds on one reader come one after the other."""
    reader = Reader.objects.select_for_update().get(handle=handle)
    if reader.state == ReaderState.RETIRED:
        raise ReaderRefused(Refusal.READER_RETIRED)
    return reader


def _note(reader: Reader, verb: str, by: str, **data: object) -> None:
    ledger.record(actor=by, verb=verb, subject_kind="reader", handle=reader.handle, data=dict(data))


@transaction.atomic
def rename_reader(*, reader: Reader, name: str, by: str) -> Reader:
    """Give the reader another name."""
    row = _locked(reader.handle)
    before, row.name = row.name, clean_name(name, but=row.handle)
    if before != row.name:
        row.save(update_fields=["name"])
        _note(row, "reader_renamed", by, before=before, after=row.name)
    return row


@transaction.atomic
def move_reader(*, reader: Reader, access_point: AccessPoint, by: str) -> Reader:
    """Put the reader at another side of a door; from the commit on it opens that one only."""
    row = _locked(reader.handle)
    before = row.access_point_id
    if before != access_point.handle:
        row.access_point = access_point
        row.save(update_fields=["access_point"])
        _note(row, "reader_moved", by, before=before, after=access_point.handle)
    return row


def _set_state(reader: Reader, state: ReaderState, verb: str, by: str) -> Reader:
    row = _locked(reader.handle)
    if row.state != state:
        row.state = state
        row.save(update_fields=["state"])
        _note(row, verb, by)
    return row


@transaction.atomic
def suspend_reader(*, reader: Reader, by: str) -> Reader:
    """Refuse the reader's scans and close its socket until it is resumed."""
    return _set_state(reader, ReaderState.SUSPENDED, "reader_suspended", by)


@transaction.atomic
def resume_reader(*, reader: Reader, by: str) -> Reader:
    """Take a suspended reader back; one that was told to wipe itself must be paired again."""
    health = ReaderHealth.objects.filter(reader=_locked(reader.handle))
    if health.exclude(wipe_asked_at=None).exists():
        raise ReaderRefused(Refusal.READER_WIPED)
    health.update(forked_at=None)
    return _set_state(reader, ReaderState.ACTIVE, "reader_resumed", by)


@transaction.atomic
def retire_reader(*, reader: Reader, by: str) -> Reader:
    """End the reader for good. Its handle and its events stay."""
    return _set_state(reader, ReaderState.RETIRED, "reader_retired", by)
