"""What somebody at a kiosk says: details that were missing, a notice, no to a picture."""

from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from compliance import services as compliance
from compliance.law import PURPOSES, Act, Purpose
from compliance.models import ConsentRecord
from compliance.services import Said
from credentials.models import Holder, HolderState
from credentials.services import edit_holder
from credentials.services.consents import Answer, person_of
from credentials.services.holders import email_index
from ledger import services as ledger
from visitors.arrival_facts import DETAILS, NO_FACE, NO_PHOTO, Standing, declined
from visitors.models import Kiosk, SignedDocument, Visit
from visitors.refusals import Refused
from visitors.services.arrivals import check_email, demand_step, invalid, note, settle
from visitors.services.planning import LONGEST_NAME

LONGEST_FIRM: Final = 200


@transaction.atomic
def give_details(*, kiosk: Kiosk, arrival: UUID, name: str, email: str, firm: str) -> Standing:
    """Add what the invitation left out. Empty leaves a thing as it is; an address that stands is not changed.

    An address that is somebody else's here is passed over in silence. Raises Refused: name_missing,
    name_too_long, details_invalid, email_invalid, and as arrivals.demand_step.
    """
    standing = demand_step(kiosk, arrival)
    visit = _visit(standing)
    if name.strip() and not any(sign.isalnum() for sign in name):
        raise Refused("name_missing", "Give a name.", status=422)
    if len(name.strip()) > LONGEST_NAME or len(firm.strip()) > LONGEST_FIRM:
        raise Refused("name_too_long", f"A name has {LONGEST_NAME} characters at most.", status=422)
    holder = visit.holder
    renamed = name.strip() if name.strip() and visit.arrived_at is None else holder.name
    address = email.strip() if _may_take(holder, email.strip()) else holder.email
    try:
        visit.holder = edit_holder(holder=holder, by=kiosk.actor, name=renamed, email=address)
    except ValidationError:
        raise invalid() from None
    if firm.strip():
        visit.firm = firm.strip()
        visit.save(update_fields=["firm", "changed_at"])
    note(standing.arrival, DETAILS)
    return settle(standing.arrival)


def _may_take(holder: Holder, email: str) -> bool:
    if not email or holder.email:
        return False
    check_email(email)
    present = Holder.objects.exclude(state=HolderState.OFFBOARDED)
    return not present.filter(email_index=email_index(email)).exists()


@transaction.atomic
def answer_notice(*, kiosk: Kiosk, arrival: UUID, answer: Answer, proof: dict[str, str]) -> Standing:
    """Agree to a notice, or say that it was read. `proof` is the kiosk's signed request, verified.

    Sent again it is one answer. Raises Refused: not_asked; of compliance, and as arrivals.demand_step.
    """
    standing = demand_step(kiosk, arrival)
    person = person_of(_visit(standing).holder)
    given = ConsentRecord.objects.filter(pk=answer.record, purpose=answer.purpose, subject=person.subject)
    if (standing.asking is None or standing.asking.purpose != answer.purpose) and not given.exists():
        raise Refused("not_asked", "This is not asked at the moment.")
    said = Said(
        record=answer.record,
        purpose=answer.purpose,
        language=answer.language,
        sha256=answer.sha256,
        pressed=answer.pressed,
        signed_name=answer.signed_name,
        attended_by=kiosk.actor,
        proof=proof,
    )
    if PURPOSES[answer.purpose].act is Act.CONSENT:
        compliance.give_consent(person=person, said=said)
    else:
        compliance.acknowledge(person=person, said=said)
    return settle(standing.arrival)


@transaction.atomic
def decline_notice(*, kiosk: Kiosk, arrival: UUID, purpose: Purpose) -> Standing:
    """Say no to what the kiosk asks now: it goes on without it.

    Who does not want a signature kept keeps nothing of it here; whoever admits them sees to it. Raises
    Refused: not_asked, and as arrivals.demand_step.
    """
    standing = demand_step(kiosk, arrival)
    word = declined(purpose)
    if word in standing.arrival.notes:
        return standing
    if standing.asking is None or standing.asking.purpose != purpose:
        raise Refused("not_asked", "This is not asked at the moment.")
    visit = _visit(standing)
    if purpose == Purpose.VISITOR_DOCUMENTS:
        _forget(SignedDocument.objects.filter(visit=visit))
    ledger.record(
        actor=kiosk.actor,
        verb="notice_declined",
        subject_kind="visit",
        handle=visit.handle,
        data={"purpose": purpose.value},
    )
    note(standing.arrival, word)
    return settle(standing.arrival)


def forget_signatures(subjects: list[UUID]) -> None:
    """Who takes the consent back has no signature here any more; that they read the texts stays."""
    _forget(SignedDocument.objects.filter(visit__holder__subject__in=subjects))


def _forget(rows: QuerySet[SignedDocument]) -> None:
    for signed in rows:
        signed.strokes, signed.pdf, signed.pdf_sha256 = "", b"", ""
        signed.save(update_fields=["strokes", "pdf", "pdf_sha256"])


@transaction.atomic
def skip_photo(*, kiosk: Kiosk, arrival: UUID) -> Standing:
    """No photo: not wanted, or no camera is there. Where the type demands one somebody must admit them."""
    return _skip(kiosk, arrival, NO_PHOTO)


@transaction.atomic
def skip_face(*, kiosk: Kiosk, arrival: UUID) -> Standing:
    """No face. Nothing follows."""
    return _skip(kiosk, arrival, NO_FACE)


def _skip(kiosk: Kiosk, arrival: UUID, word: str) -> Standing:
    standing = demand_step(kiosk, arrival)
    note(standing.arrival, word)
    return settle(standing.arrival)


def _visit(standing: Standing) -> Visit:
    if standing.visit is None:
        raise Refused("no_step", "There is nothing to do here at the moment.")
    return standing.visit
