"""Beginning an erasure, and what follows it: the certificate to the person, then the words of the case go."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.erasing import forget_case
from compliance.erasure_plan import Plan, plan_json, plan_of
from compliance.models import Case, CaseKind, CasePerson, Erasure, ErasureState, ErasureStep
from compliance.models.cases import OVER
from compliance.persons import on, same_mail
from compliance.refusals import Refused
from compliance.services.cases import closer, handle, hold_case, step, verified
from compliance.services.erasure_run import ERASE
from compliance.services.locks import lock_person
from ledger import services as ledger
from ledger.models import Outbox
from operators.models import Operator
from vault import holdings
from vault.fields import ERASED
from vault.models import Subject

MAIL_BEGUN: Final = "mail.erasure_begun"
MAIL_CERTIFICATE: Final = "mail.erasure_certificate"
UNDELIVERABLE: Final = "certificate_undeliverable"  # a step of the case
# A mail server may be down for a night: a certificate that could not leave is tried once more, a day later.
TRIED: Final = 2
BY_ITSELF: Final = "system"  # who begins an erasure that no officer has to
AGAIN_AFTER: Final = timedelta(days=1)


@transaction.atomic
def begin_erasure(*, pk: UUID, version: int | None, typed: str, by: str) -> Erasure:
    """Begin to erase everybody the case is about; it cannot be taken back.

    `typed` is the case's number, written by the officer. Raises Refused: no_such_case, case_changed,
    identity_unverified, case_over, not_an_erasure, not_typed, no_persons, erasure_begun, legal_hold,
    erasure_obstacle, own_erasure.
    """
    case = verified(hold_case(pk, version))
    _check(case, typed)
    subjects = sorted(case.persons.values_list("subject_id", flat=True))
    if not subjects:
        raise Refused("no_persons", "Say first whom this request is about.")
    for subject in Subject.objects.filter(pk__in=subjects).order_by("pk"):
        lock_person(subject)
    plan = plan_of(case)
    _check_plan(plan, subjects, by)
    if by != BY_ITSELF:  # nobody is mailed: the address goes with the rest
        _keep_address(case, plan)
    _take_along(case)
    row = Erasure.objects.create(case=case, plan=plan_json(plan), begun_at=timezone.now(), begun_by=by)
    _lay_steps(row, plan)
    handle(case, by)
    step(case, "erasure_begun", by=by, persons=[one.person.number for one in plan.persons])
    ledger.emit(MAIL_BEGUN, {"case": str(case.pk)})
    ledger.emit(ERASE, {"erasure": str(row.pk)})
    return row


@closer(CaseKind.ERASURE)
def why_open(case: Case) -> str:
    """Why a case of erasure cannot be closed; empty where everybody has confirmed."""
    row = Erasure.objects.filter(case=case).first()
    if row is None:
        return "The erasure has not been carried out."
    if row.state == ErasureState.RUNNING:
        return row.stopped or "The erasure is being carried out."
    if row.state == ErasureState.WAITING:
        missing = [f"{one['name']}: {one['why']}" for one in row.places if one["at"] is None]
        return f"Not everybody has confirmed. {'; '.join(missing)}"
    return ""


@transaction.atomic
def send_due() -> int:
    """Announce certificates of cases that were closed. Returns how many.

    Not before the other mails of the case have left: they are written with words that go with this one. One
    that failed to the end twice leaves no more, and the words go all the same.
    """
    due = Erasure.objects.filter(state=ErasureState.DONE, case__state__in=OVER, sent_at=None)
    sent = 0
    for row in due.select_for_update(of=("self",)).select_related("case__applicant"):
        about = Outbox.objects.filter(done=None, data__case=str(row.case_id))
        if about.filter(parked=None).exists():
            continue
        parked = about.filter(topic=MAIL_CERTIFICATE).values_list("parked", flat=True)
        failed = [at for at in parked if at is not None]
        if len(failed) >= TRIED:
            undeliverable(row.case)
        elif not failed or max(failed) <= timezone.now() - AGAIN_AFTER:
            ledger.emit(MAIL_CERTIFICATE, {"case": str(row.case_id)})
            sent += 1
    return sent


@transaction.atomic
def undeliverable(case: Case) -> None:
    """The certificate cannot reach its mailbox: said on the case, for an officer to hand it over."""
    step(case, UNDELIVERABLE, by="system")
    forget_words(case)


@transaction.atomic
def forget_words(case: Case) -> None:
    """The certificate has been sent, or never will be: the case keeps number, kind and dates."""
    row = Erasure.objects.select_for_update(of=("self",)).get(case=case)
    if row.sent_at is None:
        row.sent_at = timezone.now()
        row.save(update_fields=["sent_at"])
        forget_case(case)


@transaction.atomic
def forget_left() -> int:
    """Take the words out of requests that ended about persons who are erased. Returns how many had any.

    Of such that ended only after the erasure, a second one refused, say. Not before their mails have left.
    """
    over = Case.objects.filter(state__in=OVER, applicant__destroyed_at=None)
    about = over.filter(persons__subject__destroyed_at__isnull=False)
    due = about.exclude(erasure__isnull=False, erasure__sent_at=None)
    gone = 0
    for case in due.select_related("applicant").distinct():
        if not Outbox.objects.filter(done=None, parked=None, data__case=str(case.pk)).exists():
            forget_case(case)
            gone += 1
    return gone


def _take_along(case: Case) -> None:
    """Requests that ended with nobody on them, from a mailbox of these persons: they are about them."""
    there = [(row, one) for row, one in on(case) if one is not None and one.email]
    nobody = Case.objects.filter(state__in=OVER, persons=None, applicant__destroyed_at=None)
    for other in nobody.select_related("applicant") if there else ():
        row = next((row for row, one in there if same_mail(one.email, other.email)), None)
        if row is not None:
            CasePerson.objects.create(case=other, subject=row.subject, source=row.source, number=row.number)


def _check(case: Case, typed: str) -> None:
    if case.kind != CaseKind.ERASURE:
        raise Refused("not_an_erasure", "This request does not ask for erasure.")
    if Erasure.objects.filter(case=case).exists():
        raise Refused("erasure_begun", "This erasure has begun already.")
    if typed.strip() != str(case.number):
        raise Refused("not_typed", "Type the number of the request to confirm.", status=422, retry=True)


def _check_plan(plan: Plan, subjects: list[UUID], by: str) -> None:
    if plan.held:
        raise Refused("legal_hold", "A legal hold stands: nothing of this person may be erased.")
    if plan.obstacles:
        raise Refused("erasure_obstacle", " ".join(plan.obstacles))
    mine = Operator.objects.filter(subject__in=subjects).values_list("pk", flat=True)
    if by in {f"operator:{pk}" for pk in mine}:
        raise Refused("own_erasure", "You cannot erase yourself. Another officer has to.")


def _keep_address(case: Case, plan: Plan) -> None:
    """Where the certificate goes: asked of the rooms now, for they are about to forget it."""
    if case.email:
        return
    found = next((one.known.email for one in plan.persons if one.known and one.known.email), "")
    if found and found != ERASED:
        case.email = found
        case.save(update_fields=["email"])


def _lay_steps(row: Erasure, plan: Plan) -> None:
    """Room by room, so that access ends for every role of a person before anything else goes."""
    steps = [
        ErasureStep(erasure=row, position=0, subject_id=person.subject, room=room.name, title=room.title)
        for room in holdings.erasers_in_order()
        for person in plan.persons
    ]
    for position, one in enumerate(steps):
        one.position = position
    ErasureStep.objects.bulk_create(steps)
