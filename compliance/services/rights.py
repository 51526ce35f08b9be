"""Restriction, objection, withdrawal, rectification: what is done when a person asks for it.

Each takes a case from `hold_case`. Nothing is done before it is known who asks.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.law import Act
from compliance.models import Case, CaseState, ConsentRecord, Restriction
from compliance.refusals import Refused
from compliance.selectors import Person
from compliance.services.cases import handle, set_state, step, tell, verified
from compliance.services.consents import withdraw
from vault.holdings import correctors


def _ready(case: Case, by: str) -> list[UUID]:
    """Whom it is about, of a case whose applicant is known. Raises Refused."""
    verified(case)
    handle(case, by)
    subjects = list(case.persons.order_by("pk").values_list("subject_id", flat=True))
    if not subjects:
        raise Refused("nobody_named", "First say whom the request is about.")
    return subjects


def _answered(case: Case, by: str) -> None:
    if case.state != CaseState.ANSWERED:
        set_state(case, CaseState.ANSWERED, by=by)


# Restriction (GDPR Art. 18)


@transaction.atomic
def restrict(case: Case, *, by: str, note: str = "") -> int:
    """From now on the persons' data are kept and left alone. Returns how many were not restricted before."""
    made = 0
    for subject in _ready(case, by):
        _, new = Restriction.objects.get_or_create(
            subject_id=subject, lifted_at=None, defaults={"case": case, "since": timezone.now(), "by": by}
        )
        made += new
    told = step(case, "restricted", by=by, note=note.strip(), persons=made)
    _answered(case, by)
    tell(case, "restricted", told)
    return made


def standing_restrictions(case: Case) -> list[Restriction]:
    """Those of this case's persons that are not lifted, whichever case placed them."""
    found = Restriction.objects.filter(subject__in=case.persons.values("subject"), lifted_at=None)
    return list(found.order_by("since", "pk"))


@transaction.atomic
def announce_lifting(case: Case, *, reason: str, by: str, told_otherwise: bool = False) -> None:
    """Tell the person that the restriction is to end (Art. 18(3)): by mail, or as the note says."""
    if case.identity_at is None:
        raise Refused("identity_unverified", "First find out who asks.")
    if not reason.strip():
        raise Refused("note_needed", "Give the reason: the person is told it.")
    standing = standing_restrictions(case)
    if not standing:
        raise Refused("not_restricted", "Nothing is restricted here.")
    if not case.email and not told_otherwise:
        raise Refused("no_address", "There is no mail address: tell the person by other means, and say so.")
    now = timezone.now()
    Restriction.objects.filter(pk__in=[one.pk for one in standing]).update(announced_at=now)
    about = step(case, "lifting_announced", by=by, note=reason.strip(), by_mail=not told_otherwise)
    if not told_otherwise:
        tell(case, "lifting", about)


@transaction.atomic
def lift(case: Case, *, by: str) -> int:
    """End the restriction of the persons of a case. Raises Refused("not_announced") before they were told."""
    standing = standing_restrictions(case)
    if not standing:
        raise Refused("not_restricted", "Nothing is restricted here.")
    if any(one.announced_at is None for one in standing):
        raise Refused("not_announced", "First tell the person that it is to end (GDPR Art. 18(3)).")
    now = timezone.now()
    ended = Restriction.objects.filter(pk__in=[one.pk for one in standing], lifted_at=None)
    count = ended.update(lifted_at=now, lifted_by=by)
    step(case, "restriction_lifted", by=by, persons=count)
    return count


# Objection (GDPR Art. 21)


@transaction.atomic
def decide_objection(case: Case, *, follows: bool, reason: str, by: str) -> None:
    """Follow it, or say which compelling grounds override it (Art. 21(1)); either is told with its reason."""
    _ready(case, by)
    if not reason.strip():
        raise Refused("note_needed", "Give the reason: the person is told it.")
    if case.answered_at is not None:
        raise Refused("decided_already", "It was decided before.")
    about = step(case, "objection_decided", by=by, note=reason.strip(), follows=follows)
    _answered(case, by)
    tell(case, "decided_yes" if follows else "decided_no", about)


# Withdrawal (GDPR Art. 7(3))


def standing_consents(case: Case) -> list[ConsentRecord]:
    """What the case's persons agreed to and what stands."""
    found = ConsentRecord.objects.filter(
        subject__in=case.persons.values("subject"), act=Act.CONSENT, ended_at=None
    )
    return list(found.select_related("notice", "subject").order_by("given_at", "pk"))


@transaction.atomic
def withdraw_consents(case: Case, *, records: Collection[UUID], by: str) -> int:
    """End these consents of the persons of the case; answered once nothing stands. Returns how many ended."""
    _ready(case, by)
    ended = 0
    for record in standing_consents(case):
        if record.pk in records:
            person = Person(record.subject, record.person)
            ended += withdraw(person=person, record=record.pk, by=by).ended_at is not None
    left = len(standing_consents(case))
    about = step(case, "consents_withdrawn", by=by, ended=ended, left=left)
    if not left:
        _answered(case, by)
        tell(case, "withdrawn", about)
    return ended


# Rectification (GDPR Art. 16)


@transaction.atomic
def correct(case: Case, *, subject: UUID, values: Mapping[str, str], by: str) -> None:
    """Correct what a room holds of one person of the case. The record keeps which fields, never what.

    Raises Refused: no_corrector, and whatever the room refuses as ValueError with words for the officer.
    """
    _ready(case, by)
    row = case.persons.filter(subject=subject).first()
    room = correctors.get(row.source) if row else None
    if row is None or room is None:
        raise Refused("no_corrector", "These data are corrected where they are shown.", status=404)
    try:
        changed = room.correct(subject, values, by=by)
    except ValueError as wrong:
        raise Refused("not_corrected", str(wrong)) from None
    step(case, "corrected", by=by, source=row.source, person=row.number, fields=sorted(changed))


@transaction.atomic
def corrected(case: Case, *, note: str, by: str) -> None:
    """All is correct now: the person is told, with what the officer adds."""
    _ready(case, by)
    about = step(case, "rectified", by=by, note=note.strip())
    _answered(case, by)
    tell(case, "corrected", about)
