"""Cases: opened, held by one officer at a time, every deed in them a step; closed when nothing is left to do.

One write path: whoever changes a case takes it by `hold_case`, which locks the row and compares the version
that the officer's page showed. Without it the second of two officers would undo what the first decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.clocks import Calendar, calendar, due
from compliance.deadlines import DEADLINES, Deadline
from compliance.models import (
    Case,
    CaseKind,
    CasePerson,
    CaseState,
    CaseStep,
    CompliancePolicy,
    Erasure,
    IdentityHow,
    Language,
    Via,
)
from compliance.refusals import Refused
from compliance.selectors import compliance_policy
from ledger import services as ledger
from vault.holdings import Known
from vault.services import create_subject

MAIL: Final = "mail.case"  # {"case": id, "what": a key of case_texts.MAILS, "step": id}

Closer = Callable[[Case], str]
# By kind: why a case cannot be closed yet, in words; empty where it can. The rooms of work register here.
closers: Final[dict[CaseKind, Closer]] = {}


def closer(*kinds: CaseKind) -> Callable[[Closer], Closer]:
    """Register what says why a case of these kinds cannot be closed."""

    def register(found: Closer) -> Closer:
        for kind in kinds:
            if kind in closers:
                raise RuntimeError(f"{kind} has a closer already")
            closers[kind] = found
        return found

    return register


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said of themselves and their wish. By `id` a request that is sent again is the same."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    message: str = field(repr=False, default="")
    language: str = Language.ENGLISH.value
    id: UUID = field(default_factory=uuid4)


def clock_of(profile: str, policy: CompliancePolicy | None = None) -> tuple[Deadline, Calendar]:
    """What the law asks, and the company's calendar."""
    chosen = policy or compliance_policy()
    return DEADLINES[profile], calendar(chosen.country, chosen.subdivision, chosen.time_zone)


@transaction.atomic
def open_case(
    *,
    kind: CaseKind,
    via: Via,
    persons: Sequence[Known],
    told: Told,
    by: str,
    received_at: datetime | None = None,
) -> Case:
    """Take a request up. The clock begins at `received_at` (now), but for a form's unconfirmed address
    and for what retention proposes: nobody asked that, so that no law's clock runs and no receipt is due.

    A wallet's request is known to be its person's: a confirmed phone signed it. Raises Refused("case_taken")
    where the id stands for a case already.
    """
    now = timezone.now()
    case = Case(
        id=told.id,
        number=ledger.next_handle("case"),
        kind=kind,
        via=via,
        profile=compliance_policy().profile or "none",
        applicant=create_subject(),
        language=told.language,
        received_at=received_at or now,
    )
    case.name, case.email, case.message = told.name, told.email, told.message
    if via == Via.FORM:
        case.state = CaseState.UNCONFIRMED
    elif via != Via.RETENTION:
        start_clock(case)
    if via == Via.WALLET:
        case.state, case.identity_how = CaseState.OPEN, IdentityHow.PHONE
        case.identity_at, case.identity_by = now, by
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        if "compliance_case_pkey" not in str(error):
            raise
        raise Refused("case_taken", "This request was sent before.", status=409) from None
    add_rows(case, persons)
    step(case, "opened", by=by, via=via.value, persons=[one.number for one in persons])
    if via not in {Via.FORM, Via.RETENTION}:
        receipt(case)
    return case


def receipt(case: Case) -> None:
    """Confirm receipt by mail, and until when it is answered (11 CCR 7021(a); elsewhere a courtesy).

    Without an address an officer confirms it by other means.
    """
    if case.email:
        case.acknowledged_at = timezone.now()
        keep(case, "acknowledged_at")
        tell(case, "received", step(case, "acknowledged", by="system", how="mail"))


def start_clock(case: Case) -> None:
    """Write down until when it is to be confirmed and answered; the caller saves."""
    law, where = clock_of(case.profile)
    case.answer_by = due(case.received_at, law.answer, where)
    if law.acknowledge is not None:
        case.acknowledge_by = due(case.received_at, law.acknowledge, where)


def add_rows(case: Case, persons: Sequence[Known]) -> None:
    """Put persons on a case; who is on it already stays once."""
    rows = [CasePerson(case=case, subject_id=p.subject, source=p.source, number=p.number) for p in persons]
    CasePerson.objects.bulk_create(rows, ignore_conflicts=True)


def step(case: Case, verb: str, *, by: str, note: str = "", **facts: Any) -> CaseStep:
    """Put what was done on the case and on record. `facts`: handles, numbers, codes; words go in `note`."""
    found = CaseStep(case=case, at=timezone.now(), by=by, verb=verb, facts=facts)
    found.note = note
    found.save(force_insert=True)
    ledger.record(
        actor=by,
        verb=f"case_{verb}",
        subject_kind="case",
        handle=case.number,
        data={"kind": str(case.kind), **facts},
    )
    return found


def hold_case(pk: UUID, version: int | None) -> Case:
    """The case, for this transaction alone. Raises Refused: no_such_case, case_changed.

    `version` is what the officer's page showed; None where nobody looked at it before (a worker, a phone).
    """
    case = Case.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if case is None:
        raise Refused("no_such_case", "There is no such request.", status=404)
    if version is not None and case.version != version:
        text = "Somebody else has worked on this request meanwhile. Look at it again, then decide."
        raise Refused("case_changed", text, retry=True)
    return case


def keep(case: Case, *names: str) -> None:
    """Save these fields of a held case, and move its version."""
    case.version += 1
    case.save(update_fields=[*names, "version"])


def handle(case: Case, by: str) -> None:
    """Say who works on it, from the first deed of an operator's on."""
    if by.startswith("operator:") and case.handled_by != by:
        case.handled_by = by
        keep(case, "handled_by")


def set_state(case: Case, state: CaseState, *, by: str) -> None:
    """Move a held case on. Being answered stops its clock; being over has a time of its own."""
    if case.over:
        raise Refused("case_over", "This request is closed.")
    now, names = timezone.now(), ["state"]
    before, case.state = case.state, state
    if state == CaseState.ANSWERED and case.answered_at is None:
        case.answered_at = now
        names.append("answered_at")
    if case.over:
        case.closed_at = now
        names.append("closed_at")
    keep(case, *names)
    step(case, "moved", by=by, **{"from": str(before), "to": str(state)})


def verified(case: Case) -> Case:
    """The case, if it is known who asks and it still runs. Raises Refused: identity_unverified, case_over.

    Nothing is collected, shown or erased before.
    """
    if case.identity_at is None:
        raise Refused("identity_unverified", "First find out who asks.")
    if case.over:
        raise Refused("case_over", "This request is closed.")
    return case


def not_begun(case: Case) -> None:
    """Raises Refused("erasure_begun") once its erasure has: nothing takes that back."""
    if Erasure.objects.filter(case=case).exists():
        raise Refused("erasure_begun", "The erasure has begun: it ends with its certificate.")


def why_open(case: Case) -> str:
    """Why it cannot be closed, in words; empty where it can."""
    if case.identity_at is None:
        return "It is not known who asks. Find it out, or refuse the request."
    found = closers.get(CaseKind(case.kind))
    if found is not None and (why := found(case)):
        return why
    return "" if case.answered_at else "It is not answered yet."


@transaction.atomic
def close_case(case: Case, *, by: str, note: str = "") -> None:
    """Close a held case that is answered. Raises Refused: case_open (says why), case_over."""
    verified(case)
    if why := why_open(case):
        raise Refused("case_open", why)
    set_state(case, CaseState.CLOSED, by=by)
    tell(case, "closed", step(case, "closed", by=by, note=note))


def tell(case: Case, what: str, about: CaseStep) -> None:
    """Mail the person who asked, in their language, once this is committed; nobody asked for a proposal."""
    if case.email and case.via != Via.RETENTION:
        ledger.emit(MAIL, {"case": str(case.pk), "what": what, "step": str(about.pk)})
