"""After a restore, before service: erase again whoever was erased since the backup was taken.

Three lists say who was: the file apart from both databases, the keys database, and the main database itself.
Whichever of them an older backup has shortened, the others have kept. Consents that were taken back since
are ended again, too, by the list in the keys database, and what rests on them is destroyed with them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from compliance.services.consents import end_again, note_ended
from ledger import services as ledger
from tenants import context
from vault import erased_list, holdings, taken_back
from vault.keystore.models import ErasedSubject, SubjectKey
from vault.models import Subject
from vault.services import finish_destruction

BY: Final = "system"
CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Replayed:
    """What had come back: persons, keys of persons who were gone otherwise, consents taken back."""

    persons: int = 0
    keys: int = 0
    consents: int = 0

    @property
    def restored(self) -> bool:
        return bool(self.persons or self.keys or self.consents)


def everybody_listed() -> dict[UUID, set[UUID]]:
    """Company → persons, of the file and of the keys database. Raises erased_list.ListDamaged."""
    found: dict[UUID, set[UUID]] = {}
    for one in erased_list.listed():
        found.setdefault(one.company, set()).add(one.subject)
    for company, subject in ErasedSubject.objects.values_list("company", "subject").iterator():
        found.setdefault(company, set()).add(subject)
    return found


def replay(listed: Iterable[UUID]) -> Replayed:
    """In the entered company: erase again who came back, and put everybody on the lists that lack them.

    Costs two questions for a thousand persons where nothing came back. Raises what an eraser raises: then
    nothing may be served.
    """
    company = UUID(bytes=context.current().uid)
    own = Subject.objects.filter(destroyed_at__isnull=False).values_list("id", flat=True)
    everybody = set(listed) | set(own.iterator())
    persons = keys = 0
    for chunk in _chunks(sorted(everybody)):
        for subject in Subject.objects.filter(pk__in=chunk, destroyed_at=None).values_list("pk", flat=True):
            _erase(subject)
            persons += 1
        back = SubjectKey.objects.filter(subject__in=chunk, company=company)
        keys += _destroy(list(back.values_list("subject", flat=True)))
    _complete(everybody)
    consents = sum(end_again(chunk, by=BY) for chunk in _chunks(sorted(taken_back.noted())))
    note_ended(since=datetime.min.replace(tzinfo=UTC))
    if persons or keys or consents:
        # Readers and processes may hold policy of the time after the backup, or of before: all start over.
        ledger.raise_epoch(actor=BY)
    return Replayed(persons, keys, consents)


@transaction.atomic
def _erase(subject: UUID) -> None:
    """All rooms in one transaction: a run that is cut off begins again with this person."""
    for one in holdings.erasers_in_order():
        one.eraser.erase(subject, by=BY)
    ledger.record(actor=BY, verb="erasure_replayed", data={"person": str(subject)})


def _destroy(subjects: list[UUID]) -> int:
    """Keys that an older backup of the keys database has brought back."""
    known = set(Subject.objects.filter(pk__in=subjects).values_list("pk", flat=True))
    for subject in subjects:
        if subject in known:
            finish_destruction(subject)
        else:
            # The main database is older than the person; the key must go all the same.
            SubjectKey.objects.filter(subject=subject).delete()
    return len(subjects)


def _complete(everybody: set[UUID]) -> None:
    """Each list holds everybody again: the next restore may shorten another one."""
    company = context.current().uid
    for chunk in _chunks(sorted(everybody)):
        there = set(ErasedSubject.objects.filter(subject__in=chunk).values_list("subject", flat=True))
        rows = [ErasedSubject(subject=one, company=UUID(bytes=company)) for one in chunk if one not in there]
        ErasedSubject.objects.bulk_create(rows, ignore_conflicts=True)
    on_file = {one.subject for one in erased_list.listed() if one.company == UUID(bytes=company)}
    for subject in sorted(everybody - on_file):
        erased_list.append(company, subject)


def _chunks(subjects: list[UUID]) -> Iterator[list[UUID]]:
    for begin in range(0, len(subjects), CHUNK):
        yield subjects[begin : begin + CHUNK]
