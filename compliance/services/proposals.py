"""People whose time is over: an erasure is opened for each, which an officer goes through as any other."""

from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from compliance.models import Case, CaseKind, CaseState, IdentityHow, Via
from compliance.models.cases import OVER
from compliance.services.cases import Told, keep, open_case, step
from vault.holdings import Known, finders

MESSAGE: Final = (
    "The time for which data of this person are kept is over: the retention schedule asks for it."
)


def propose_erasure(subject: UUID, *, by: str) -> bool:
    """Open an erasure of this person, in the caller's transaction; whether it was.

    Not while one is open, nor after an officer has refused or closed such a proposal: that was their word.
    """
    before = Case.objects.filter(kind=CaseKind.ERASURE, persons__subject=subject)
    if before.filter(~Q(state__in=OVER) | Q(via=Via.RETENTION)).exists():
        return False
    person = next((found for one in finders.values() if (found := one.of(subject)) is not None), None)
    person = person or Known("", subject, None, "", "", "")
    told = Told(person.name, person.email, MESSAGE)
    case = open_case(kind=CaseKind.ERASURE, via=Via.RETENTION, persons=[person], told=told, by=by)
    # Nobody asked, so that nobody has to prove who they are: the person is the one on the company's books.
    case.identity_how, case.identity_at, case.identity_by = IdentityHow.KNOWN, timezone.now(), by
    case.state = CaseState.OPEN
    keep(case, "identity_how", "identity_at", "identity_by", "state")
    step(case, "proposed", by=by)
    return True
