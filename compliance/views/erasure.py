"""The part of a case's page for an erasure: the plan, then how far it is and who has confirmed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.erasure_plan import PersonPlan, plan_of
from compliance.models import Case, CaseKind, Erasure, ErasureState, ErasureStep
from compliance.refusals import Refused
from compliance.services.erasures import UNDELIVERABLE, begin_erasure, why_open
from compliance.views.panels import Panel, panel
from operators.permissions import Permission, actor_of, may, needs
from vault.fields import ERASED

CASE_PATH = "/compliance/cases/{pk}/"
NOBODY = "Somebody who was erased"


@panel(CaseKind.ERASURE)
def erasure_panel(request: HttpRequest, case: Case) -> Panel:
    """Before: what would go and what would stay. After: what went, and who has confirmed."""
    edits = may(request, Permission.COMPLIANCE_EDIT)
    context = {"edits": edits, **_standing(case)}
    if context["erasure"] is None and not case.over:
        plan = plan_of(case)
        context |= {
            "plan": [(one, _called(one)) for one in plan.persons],
            "plan_held": plan.held,
            "obstacles": plan.obstacles,
            "can_begin": edits and bool(plan.persons) and not plan.held and not plan.obstacles,
        }
    return Panel("compliance/_case_erasure.html", context, pending=why_open(case))


def _standing(case: Case) -> dict[str, Any]:
    row = Erasure.objects.select_related("certificate").filter(case=case).first()
    steps: list[ErasureStep] = list(row.steps.order_by("position")) if row else []
    persons = list(case.persons.order_by("id"))
    return {
        "erasure": row,
        "steps_done": sum(one.done_at is not None for one in steps),
        "steps_all": len(steps),
        "erasing": row is not None and row.state == ErasureState.RUNNING,
        "places": [(one, _moment(one["at"])) for one in row.places] if row else [],
        "waiting": [one for one in row.places if one["at"] is None] if row else [],
        "undeliverable": case.steps.filter(verb=UNDELIVERABLE).exists(),
        "rooms": [(one, [step for step in steps if step.subject_id == one.subject_id]) for one in persons],
    }


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is, for a page that asks every second while it runs."""
    case = _case(pk)
    context = {"case": case, **_standing(case)}
    if context["erasure"] is None:
        raise Http404
    answer = render(request, "compliance/_erasure_progress.html", context)
    if not context["erasing"]:
        answer["HX-Refresh"] = "true"
    return answer


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin it. The number of the request was typed, the version is that of the page."""
    case = _case(pk)
    version = request.POST.get("version", "")
    try:
        begin_erasure(
            pk=case.pk,
            version=int(version) if version.isascii() and version.isdigit() else -1,
            typed=request.POST.get("typed", ""),
            by=actor_of(request),
        )
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "The erasure has begun.")
    return redirect(CASE_PATH.format(pk=case.pk))


def name_of(name: str) -> str:
    """As a page shows it."""
    return NOBODY if name == ERASED else name


def _called(one: PersonPlan) -> str:
    """By name, else by the number under which the request names them."""
    if one.known is not None:
        return name_of(one.known.name)
    return f"{one.person.source} {one.person.number or ''}".strip().capitalize()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _case(pk: UUID) -> Case:
    found = Case.objects.filter(pk=pk, kind=CaseKind.ERASURE).first()
    if found is None:
        raise Http404
    return found
