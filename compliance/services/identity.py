"""Who asks? (GDPR Art. 12(6)). Nothing is collected, shown or erased before it is known.

A confirmed mail address proves itself and nobody else: it stands for those alone who are on file with it.
Whoever else is put on the case has to be believed by an officer, with a note, and is told by mail on file.
"""

import datetime as dt
import hmac
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance import persons
from compliance.models import Case, CaseKind, CaseState, IdentityHow, Via
from compliance.refusals import Refused
from compliance.services.cases import (
    MAIL,
    Told,
    add_rows,
    handle,
    hold_case,
    keep,
    not_begun,
    open_case,
    receipt,
    start_clock,
    step,
)
from ledger import services as ledger
from operators.services.throttling import Limit, take
from sallyport.keys import b64url
from vault.fields import ERASED
from vault.holdings import Known
from vault.services import hash_token

APPLICANT: Final = "applicant"  # an actor: whoever filled in the public form
CONFIRM_WITHIN: Final = dt.timedelta(days=7)
ASKED_ADDRESS: Final = Limit("case_address", 3, dt.timedelta(hours=1))
ASKED_PLACE: Final = Limit("case_place", 20, dt.timedelta(hours=1))
TOKEN_BYTES: Final = 16
BY_OFFICER: Final = (IdentityHow.SEEN, IdentityHow.KNOWN)
# Once work has begun the persons of a case stand: what was collected or erased was theirs.
CHANGEABLE: Final = (CaseState.IDENTITY, CaseState.OPEN)


def ask_publicly(*, kind: CaseKind, told: Told, place: str) -> None:
    """A request of the public form: it waits for its address to be confirmed.

    Nobody is looked up, so that the answer and its time are the same whoever is known. Beyond the limits
    nothing is done, and that is not said either.
    """
    within = [take(ASKED_ADDRESS, told.email), take(ASKED_PLACE, place)]
    if not all(within):
        return
    with transaction.atomic():
        case = open_case(kind=kind, via=Via.FORM, persons=[], told=told, by=APPLICANT)
        ledger.emit(MAIL, {"case": str(case.pk), "what": "confirm", "step": ""})


def token_of(case: Case) -> str:
    """The token in the mailed link: the case, and 128 bits that need the company's key."""
    return f"{case.pk.hex}-{b64url(hash_token('case.confirm', str(case.pk))[:TOKEN_BYTES])}"


def awaiting(token: str) -> Case | None:
    """The case that this link confirms: unconfirmed and not run out. Looking uses nothing up."""
    try:
        pk = UUID(token.partition("-")[0])
    except ValueError:
        return None
    case = Case.objects.filter(pk=pk, state=CaseState.UNCONFIRMED).first()
    if case is None or case.received_at + CONFIRM_WITHIN <= timezone.now():
        return None
    return case if hmac.compare_digest(token_of(case).encode(), token.encode()) else None


@transaction.atomic
def confirm(*, token: str) -> Case:
    """The address is the applicant's: the clock begins, with the day on which the form was sent.

    Who is on file with the address is then known to ask. Where people of different names share it, an officer
    has to say who it was. Raises Refused("link_void").
    """
    looked_at = awaiting(token)
    case = hold_case(looked_at.pk, None) if looked_at else None
    if case is None or case.state != CaseState.UNCONFIRMED:
        raise Refused("link_void", "This link was used or has run out.", status=410)
    start_clock(case)
    case.state = CaseState.IDENTITY
    keep(case, "state", "answer_by", "acknowledge_by")
    step(case, "confirmed", by=APPLICANT)
    found = [one for one in persons.with_mail(case.email) if persons.same_mail(one.email, case.email)]
    if found and persons.one_name(found):
        add_rows(case, found)
        _believed(case, IdentityHow.MAIL, by="system", note="")
    receipt(case)
    return case


@transaction.atomic
def identify(case: Case, *, how: IdentityHow, note: str, by: str) -> None:
    """An officer says, of a held case, by what they know who asks. Raises Refused."""
    if how not in BY_OFFICER:
        raise Refused("not_yours", "An officer has seen the person, or knows them by other means.")
    if not note.strip():
        raise Refused("note_needed", "Write down what you have seen, or how you know who it is.")
    if case.state not in CHANGEABLE:
        raise Refused("not_open", "This request is not waiting for that.")
    if not case.persons.exists():
        raise Refused("nobody_named", "First say whom the request is about.")
    handle(case, by)
    _believed(case, how, by=by, note=note.strip())


def _believed(case: Case, how: IdentityHow, *, by: str, note: str) -> None:
    case.identity_how, case.identity_at, case.identity_by = how, timezone.now(), by
    case.state = CaseState.OPEN
    keep(case, "identity_how", "identity_at", "identity_by", "state")
    step(case, "identified", by=by, note=note, how=how.value)


@transaction.atomic
def add_person(case: Case, one: Known, *, by: str) -> None:
    """Put somebody on a held case. Who is on file with another address is told of it there.

    What was known of the applicant says nothing about such a person: the identity is open again.
    """
    _changeable(case)
    if case.persons.filter(subject=one.subject).exists():
        return
    others = [other for _, other in persons.on(case) if other]
    add_rows(case, [one])
    handle(case, by)
    added = step(case, "person_added", by=by, source=one.source, person=one.number)
    same = persons.same_mail(one.email, case.email)
    # A written-down address was never confirmed; the one of a wallet is that of its holder. People who share
    # an address are not each other.
    proven = same and case.identity_how in {IdentityHow.MAIL, IdentityHow.PHONE}
    proven = proven and persons.one_name([one, *others])
    if case.identity_at is not None and not proven:
        case.identity_at, case.identity_how, case.identity_by = None, "", ""
        case.state = CaseState.IDENTITY
        keep(case, "identity_at", "identity_how", "identity_by", "state")
        step(case, "identity_reopened", by=by)
    if one.email not in {"", ERASED} and not same:
        data = {"case": str(case.pk), "what": "in_your_name", "step": str(added.pk)}
        ledger.emit(MAIL, data | {"source": one.source, "subject": str(one.subject)})


@transaction.atomic
def remove_person(case: Case, subject: UUID, *, by: str) -> None:
    """Take somebody off a held case; with the last one it is open again who asks."""
    _changeable(case)
    row = case.persons.filter(subject=subject).first()
    if row is None:
        return
    row.delete()
    handle(case, by)
    step(case, "person_removed", by=by, source=row.source, person=row.number)
    if case.identity_at is not None and not case.persons.exists():
        case.identity_at, case.identity_how, case.identity_by = None, "", ""
        case.state = CaseState.IDENTITY
        keep(case, "identity_at", "identity_how", "identity_by", "state")


def _changeable(case: Case) -> None:
    if case.state not in CHANGEABLE:
        raise Refused("persons_stand", "Work on it has begun: whom it is about stands.")
    not_begun(case)
