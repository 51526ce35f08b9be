"""Requests: the list, one of them, and writing one down that came by letter, by telephone or in person."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import case_lists, persons
from compliance.case_forms import CasesForm, OpenForm
from compliance.csv_safe import csv_answer
from compliance.law import PROFILES
from compliance.models import Case, CaseKind, CaseState, Erasure, IdentityHow, Via
from compliance.services.cases import Told, clock_of, hold_case, open_case, why_open
from compliance.services.identity import BY_OFFICER, CHANGEABLE, add_person
from compliance.services.reminders import waiting_counts
from compliance.views.panels import Panel, panels
from ledger.services import record as record_deed
from operators.permissions import Permission, actor_of, may, needs, operator_of
from vault.holdings import Known, finders

PAGE: Final = 50
MOST_EXPORTED: Final = 100_000
COLUMNS: Final = (
    *("number", "kind", "by which way", "jurisdiction", "state", "name", "received at"),
    *("confirm by", "confirmed at", "answer by", "extended at", "answered at", "closed at"),
    *("identity", "identified at", "handled by", "persons"),
)


def _wanted(request: HttpRequest) -> tuple[CasesForm, Any]:
    form = CasesForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    return form, case_lists.wanted(said.get("state", ""), said.get("kind", ""), said.get("number"))


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """What waits, the soonest due first; or others, by state, kind and number."""
    form, found = _wanted(request)
    page: Page[Case] = Paginator(found, PAGE).get_page(request.GET.get("page"))
    waiting, overdue = waiting_counts()
    context = {
        "tools": form,
        "page": page,
        "lines": case_lists.lines(list(page.object_list)),
        "filtered": any(request.GET.get(name) for name in form.fields),
        "waiting": waiting,
        "overdue": overdue,
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/cases.html", context)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The register of requests that the filter shows, as CSV (RFC 4180); that it left is on record."""
    _, found = _wanted(request)
    with transaction.atomic():
        rows = list(found.prefetch_related("persons")[:MOST_EXPORTED])
        told = {name: request.GET.get(name, "") for name in ("state", "kind")}
        record_deed(actor=actor_of(request), verb="cases_exported", data={"rows": len(rows), **told})
    name = f"requests-{timezone.now():%Y-%m-%d}.csv"
    return csv_answer(name, COLUMNS, (_columns(line) for line in case_lists.lines(rows)))


def _columns(line: case_lists.Line) -> list[str]:
    case = line.case
    moments = (case.received_at, case.acknowledge_by, case.acknowledged_at, case.answer_by)
    later = (case.extended_at, case.answered_at, case.closed_at)
    told = [one.isoformat() if one else "" for one in (*moments, *later)]
    return [
        *(str(case.number), case.kind, case.via, case.profile, case.state, case.name, *told),
        *(case.identity_how, case.identity_at.isoformat() if case.identity_at else "", line.handled),
        " ".join(f"{one.source}:{one.number or ''}" for one in case.persons.all()),
    ]


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request: its clock, who asks, whom it is about, its work, and all that was done."""
    found = Case.objects.select_related("applicant").filter(pk=pk).first()
    if found is None:
        raise Http404
    law, _ = clock_of(found.profile)
    made = panels.get(CaseKind(found.kind))
    panel = made(request, found) if made and found.state != CaseState.UNCONFIRMED else None
    edits = may(request, Permission.COMPLIANCE_EDIT)
    term = request.GET.get("q", "").strip() if edits else ""
    running = not found.over and found.state != CaseState.UNCONFIRMED
    people = case_lists.people_of(found)
    taken = {one.row.subject_id for one in people}
    begun = Erasure.objects.filter(case=found).exists()
    context = {
        **(panel.context if panel else {}),
        "case": found,
        "panel": panel,
        "law": law,
        "law_name": PROFILES[found.profile].name,
        "answer": case_lists.clock(found, found.answer_by, found.answered_at),
        "acknowledge": case_lists.clock(found, found.acknowledge_by, found.acknowledged_at),
        "people": people,
        "suggested": persons.suggested(found) if running else [],
        "found": [one for one in persons.with_name(term) if one.subject not in taken] if term else [],
        "term": term,
        "steps": case_lists.timeline(found),
        "identity_by": case_lists.Doers([found.identity_by]).name(found.identity_by),
        "handled": case_lists.Doers([found.handled_by]).name(found.handled_by) if found.handled_by else "",
        "mine": found.handled_by == operator_of(request).actor,
        "ways": [(how.value, IdentityHow(how).label) for how in BY_OFFICER],
        "edits": edits,
        "running": running,
        "changeable": edits and found.state in CHANGEABLE and not begun,
        "identifies": edits and found.state == CaseState.IDENTITY,
        "refuses": not begun and not found.answered_at,
        "holds_nothing": not begun and not people,
        "extends": edits
        and running
        and bool(found.answer_by)
        and not found.extended_at
        and not found.answered_at,
        "why_open": _why_open(found, panel) if running else "",
    }
    return render(request, "compliance/case.html", context)


def _why_open(found: Case, panel: Panel | None) -> str:
    return (panel.pending if panel else "") or why_open(found)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Find the person, then write down what they asked for."""
    term = request.GET.get("q", "").strip()
    posted = request.POST if request.method == "POST" else None
    chosen = _chosen((posted or request.GET).getlist("person"))
    first = chosen[0] if chosen else None
    begun: dict[str, Any] = {"received_on": clock_of("none")[1].day_of(timezone.now())}
    if first is not None:
        begun |= {"name": first.name, "email": first.email}
    form = OpenForm(posted, initial=begun)
    if posted is not None and form.is_valid():
        said = form.cleaned_data
        made = _write_down(form, chosen, actor_of(request))
        messages.success(request, f"Request {made.number} is open. Now: who asks?")
        if not said["email"]:
            messages.warning(request, "There is no mail address: confirm receipt by other means.")
        return redirect("case", made.pk)
    found = _found(term) if term else []
    context = {"form": form, "term": term, "found": found, "chosen": chosen, "begun": bool(chosen or posted)}
    context["fresh"] = "new" in request.GET
    return render(request, "compliance/case_add.html", context, status=422 if posted is not None else 200)


@transaction.atomic
def _write_down(form: OpenForm, chosen: list[Known], by: str) -> Case:
    said = form.cleaned_data
    made = open_case(
        kind=CaseKind(said["kind"]),
        via=Via.OFFICER,
        persons=[],
        told=Told(said["name"], said["email"], said["message"], said["language"]),
        by=by,
        received_at=form.received_at(),
    )
    held = hold_case(made.pk, None)
    for one in chosen:
        # Each is told by the address on file where it is another one than was given.
        add_person(held, one, by=by)
    return held


def _found(term: str) -> list[Known]:
    return persons.with_mail(term) if "@" in term else persons.with_name(term)


def _chosen(values: list[str]) -> list[Known]:
    """Persons as `source:subject`; unknown ones are left out."""
    return [one for value in values if (one := known_as(value)) is not None]


def known_as(value: str) -> Known | None:
    """Who is meant by `source:subject`; None for nobody this company knows."""
    source, _, subject = value.partition(":")
    try:
        return persons.known(source, UUID(subject)) if source in finders else None
    except ValueError:
        return None
