"""People whose time is over: an erasure is opened for each.

An officer goes through it as through any other. Where the period was promised by its length, as it is to
visitors, it is carried out by itself: same plan, same holds and restrictions, same certificate. Nobody asked
and nobody is mailed, so that such a request keeps no name and no address.
"""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from compliance.erasure_plan import why_not
from compliance.models import Case, CaseKind, CasePerson, CaseState, Erasure, ErasureState, IdentityHow, Via
from compliance.models.cases import OVER
from compliance.refusals import Refused
from compliance.services.cases import Told, close_case, hold_case, keep, open_case, step
from compliance.services.erasures import BY_ITSELF, begin_erasure
from vault.holdings import Known, finders

MESSAGE: Final = (
    "The time for which data of this person are kept is over: the retention schedule asks for it."
)


def propose_erasure(subject: UUID, *, by: str) -> bool:
    """Open an erasure of this person, in the caller's transaction; whether it was.

    Not while one is open, nor after an officer has refused or closed such a proposal: that was their word.
    """
    if subject in before({subject}):
        return False
    person = _person(subject)
    _open(person, Told(person.name, person.email, MESSAGE), by)
    return True


def erase_by_itself(subject: UUID) -> bool:
    """Open an erasure and begin it, in the caller's transaction; whether it was.

    Not where something stands against it now, a hold or an open request: it is tried again another night.
    """
    if subject in before({subject}) or why_not(subject):
        return False
    try:
        with transaction.atomic():
            case = _open(_person(subject), Told("", "", MESSAGE), BY_ITSELF)
            begin_erasure(pk=case.pk, version=None, typed=str(case.number), by=BY_ITSELF)
    except Refused:
        return False
    return True


def close_done() -> int:
    """Close what was erased by itself and is certified. Returns how many."""
    done = Erasure.objects.filter(state=ErasureState.DONE, begun_by=BY_ITSELF, case__via=Via.RETENTION)
    found = list(done.exclude(case__state__in=OVER).values_list("case_id", flat=True))
    for pk in found:
        with transaction.atomic():
            case = hold_case(pk, None)
            if not case.over:
                close_case(case, by=BY_ITSELF)
    return len(found)


def before(subjects: set[UUID] | None = None) -> frozenset[UUID]:
    """Who is in an open request of erasure, or in a proposal of any time; of these, or of all not erased."""
    about = CasePerson.objects.filter(case__kind=CaseKind.ERASURE, subject__destroyed_at=None)
    about = about.filter(~Q(case__state__in=OVER) | Q(case__via=Via.RETENTION))
    if subjects is not None:
        about = about.filter(subject__in=subjects)
    return frozenset(about.values_list("subject_id", flat=True))


def _person(subject: UUID) -> Known:
    person = next((found for one in finders.values() if (found := one.of(subject)) is not None), None)
    return person or Known("", subject, None, "", "", "")


def _open(person: Known, told: Told, by: str) -> Case:
    case = open_case(kind=CaseKind.ERASURE, via=Via.RETENTION, persons=[person], told=told, by=by)
    # Nobody asked, so that nobody has to prove who they are: the person is the one on the company's books.
    case.identity_how, case.identity_at, case.identity_by = IdentityHow.KNOWN, timezone.now(), by
    case.state = CaseState.OPEN
    keep(case, "identity_how", "identity_at", "identity_by", "state")
    step(case, "proposed", by=by)
    return case
