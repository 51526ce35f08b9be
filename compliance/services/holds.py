"""Legal holds: what must not be erased. One officer places one, another confirms it; two lift it as well.

It stands from the first word on. Whoever places one and whoever erases lock the person first: what an erasure
has not yet touched when the hold comes stays.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.models import LegalHold
from compliance.refusals import Refused
from compliance.services.erasure_run import go_on_with
from compliance.services.locks import lock_person
from ledger import services as ledger
from vault.models import Subject


@transaction.atomic
def place_hold(*, subject: UUID, reason: str, by: str) -> LegalHold:
    """Hold a person's data from now on. Raises Refused: no_such_person, already_erased, hold_stands,
    reason_missing.
    """
    person = Subject.objects.filter(pk=subject).first()
    if person is None:
        raise Refused("no_such_person", "There is no such person.", status=404)
    if not reason.strip():
        raise Refused("reason_missing", "Say why the data must be kept.", status=422)
    lock_person(person)
    person.refresh_from_db()
    if person.destroyed_at is not None:
        raise Refused("already_erased", "This person was erased: nothing is left to be held.")
    if LegalHold.objects.filter(subject=person, ended_at=None).exists():
        raise Refused("hold_stands", "This person is under a legal hold already.")
    hold = LegalHold(subject=person, asked_at=timezone.now(), asked_by=by)
    hold.reason = reason.strip()
    hold.save(force_insert=True)
    _record(hold, "legal_hold_placed", by)
    return hold


@transaction.atomic
def confirm_hold(*, pk: UUID, by: str) -> LegalHold:
    """A second officer agrees. Raises Refused: no_such_hold, hold_ended, second_person."""
    hold = _standing(pk)
    if hold.confirmed_at is None:
        _demand_another(hold.asked_by, by)
        hold.confirmed_at, hold.confirmed_by = timezone.now(), by
        hold.save(update_fields=["confirmed_at", "confirmed_by"])
        _record(hold, "legal_hold_confirmed", by)
    return hold


@transaction.atomic
def decline_hold(*, pk: UUID, by: str) -> LegalHold:
    """End one that nobody has confirmed: who placed it takes it back, or another declines. Raises Refused."""
    hold = _standing(pk)
    if hold.confirmed_at is not None:
        raise Refused("hold_confirmed", "Two people have placed this hold: two lift it.")
    _end(hold, "legal_hold_declined", by)
    return hold


@transaction.atomic
def ask_to_lift(*, pk: UUID, by: str) -> LegalHold:
    """Say that a confirmed hold can go; it stands until another agrees. Raises Refused."""
    hold = _standing(pk)
    if hold.confirmed_at is None:
        raise Refused("hold_unconfirmed", "Nobody has confirmed this hold: decline it.")
    if hold.lift_asked_at is None:
        hold.lift_asked_at, hold.lift_asked_by = timezone.now(), by
        hold.save(update_fields=["lift_asked_at", "lift_asked_by"])
        _record(hold, "legal_hold_lift_asked", by)
    return hold


@transaction.atomic
def keep_hold(*, pk: UUID, by: str) -> LegalHold:
    """It does not go after all. Raises Refused: no_such_hold, hold_ended."""
    hold = _standing(pk)
    if hold.lift_asked_at is not None:
        hold.lift_asked_at, hold.lift_asked_by = None, ""
        hold.save(update_fields=["lift_asked_at", "lift_asked_by"])
        _record(hold, "legal_hold_kept", by)
    return hold


@transaction.atomic
def lift_hold(*, pk: UUID, by: str) -> LegalHold:
    """The second of two lifts it; an erasure that it stopped goes on. Raises Refused: second_person, ..."""
    hold = _standing(pk)
    if hold.lift_asked_at is None:
        raise Refused("lift_not_asked", "Somebody has to ask for it first, and another agrees.")
    _demand_another(hold.lift_asked_by, by)
    _end(hold, "legal_hold_lifted", by)
    return hold


def _standing(pk: UUID) -> LegalHold:
    hold = LegalHold.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if hold is None:
        raise Refused("no_such_hold", "There is no such hold.", status=404)
    if hold.ended_at is not None:
        raise Refused("hold_ended", "This hold has ended.")
    return hold


def _demand_another(first: str, by: str) -> None:
    if first == by:
        raise Refused("second_person", "This takes a second officer: you have said so already.", status=403)


def _end(hold: LegalHold, verb: str, by: str) -> None:
    hold.ended_at, hold.ended_by = timezone.now(), by
    hold.save(update_fields=["ended_at", "ended_by"])
    _record(hold, verb, by)
    go_on_with(hold.subject_id)


def _record(hold: LegalHold, verb: str, by: str) -> None:
    ledger.record(actor=by, verb=verb, data={"hold": str(hold.pk), "person": str(hold.subject_id)})
