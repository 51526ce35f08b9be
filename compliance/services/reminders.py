"""Reminders before a clock runs out, word to the owners once it has, and what was never confirmed swept."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compliance.clocks import days_left
from compliance.models import Case, CaseState
from compliance.models.cases import OVER
from compliance.services.cases import clock_of, step
from compliance.services.identity import CONFIRM_WITHIN
from ledger import services as ledger
from operators.models import Operator, Role
from vault.services import destroy_subject_key

MAIL_OFFICER: Final = "mail.case_officer"
THRESHOLDS: Final = (1, 3, 7)  # days left: the smallest that fits is told, each once
OVERDUE: Final = -1
SYSTEM: Final = "system"


def remind() -> int:
    """Tell officers what runs out; owners, too, what has run out. Returns of how many. Safe to repeat."""
    waiting = Case.objects.exclude(state__in=[*OVER, CaseState.UNCONFIRMED])
    told = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            # Held: of two runs at once the second finds what the first has put on the case.
            case = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            told += bool(case and not case.over and _remind(case))
    return told


def _remind(case: Case) -> int:
    now, told = timezone.now(), 0
    _, where = clock_of(case.profile)
    if case.answer_by and not case.answered_at:
        told += _tell(case, "answer", days_left(case.answer_by, now, where))
    if case.acknowledge_by and not case.acknowledged_at:
        told += _tell(case, "acknowledge", days_left(case.acknowledge_by, now, where))
    return told


def _tell(case: Case, clock: str, days: int) -> bool:
    threshold = OVERDUE if days < 0 else next((one for one in THRESHOLDS if days <= one), None)
    if threshold is None:
        return False
    until = case.answer_by if clock == "answer" else case.acknowledge_by
    # An extension begins the count anew: what was told of the time before says nothing of the new one.
    ends = until.isoformat() if until else ""
    facts: dict[str, Any] = {"clock": clock, "threshold": threshold, "until": ends}
    if case.steps.filter(verb__in=["reminded", "escalated"], facts__contains=facts).exists():
        return False
    to = _officers(owners=threshold == OVERDUE)
    for operator in to:
        data = {"case": str(case.pk), "operator": str(operator), "days": days}
        ledger.emit(MAIL_OFFICER, data | {"clock": clock, "threshold": f"{threshold}-{ends[:10]}"})
    step(case, "escalated" if threshold == OVERDUE else "reminded", by=SYSTEM, **facts, told=len(to))
    return True


def _officers(*, owners: bool) -> list[UUID]:
    present = Operator.objects.filter(is_active=True)
    officers = list(present.filter(role=Role.COMPLIANCE).values_list("pk", flat=True))
    if owners or not officers:
        officers += present.filter(role=Role.OWNER).values_list("pk", flat=True)
    return officers


def sweep() -> int:
    """Forget requests whose address nobody confirmed in time, words and all. Returns how many."""
    before = timezone.now() - CONFIRM_WITHIN
    old = Case.objects.filter(state=CaseState.UNCONFIRMED, received_at__lte=before)
    gone = 0
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            found = Case.objects.select_for_update(of=("self",)).filter(pk=pk, state=CaseState.UNCONFIRMED)
            case = found.select_related("applicant").first()
            if case is None:
                continue
            ledger.record(
                actor=SYSTEM, verb="case_swept", subject_kind="case", handle=case.number, data={"days": 7}
            )
            destroy_subject_key(case.applicant)
            case.delete()
            gone += 1
    return gone


def waiting_counts(now: dt.datetime | None = None) -> tuple[int, int]:
    """How many requests wait for an answer, and how many of them are overdue. Two counts in one query."""
    moment = now or timezone.now()
    waiting = Case.objects.filter(answered_at=None).exclude(state__in=[*OVER, CaseState.UNCONFIRMED])
    until = list(waiting.values_list("answer_by", flat=True))
    return len(until), sum(one is not None and one < moment for one in until)
