"""Breaches: the list, one with its clocks, what is known, who was told."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.models import Breach, PersonsGround, Risk
from compliance.paper_forms import BreachForm, FindingsForm, ToldForm
from compliance.papers.breach import clock_lines, step_lines
from compliance.papers.breach import notification as notification_paper
from compliance.refusals import Refused
from compliance.services import breaches as services
from compliance.views.downloads import paper_answer
from operators.permissions import Permission, actor_of, may, needs

SEES = (Permission.COMPLIANCE_VIEW,)
ACTS = (Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
MOST_SHOWN = 500


@needs(*SEES)
@require_safe
def breaches(request: HttpRequest) -> HttpResponse:
    """All, the newest first, with the clock of each."""
    rows = list(Breach.objects.all()[:MOST_SHOWN])
    context = {
        "lines": [(row, clock_lines(row)) for row in rows],
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/breaches.html", context)


@needs(*ACTS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a breach down."""
    posted = request.POST if request.method == "POST" else None
    form = BreachForm(posted, initial={"aware_at": timezone.now()})
    if form.is_valid():
        try:
            made = services.open_breach(by=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            messages.success(request, f"Breach {made.number} is written down. Its clock runs.")
            return redirect("breach", made.pk)
    context = {"form": form}
    return render(request, "compliance/breach_new.html", context, status=422 if form.is_bound else 200)


@needs(*SEES)
@require_safe
def breach(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything about one."""
    row = get_object_or_404(Breach, pk=pk)
    words, moment = row.words, timezone.now()
    told = {"version": row.version, "at": moment}
    context = {
        "breach": row,
        "words": words,
        "clocks": clock_lines(row),
        "missing": services.missing_of(row),
        "risk": Risk(row.risk).label if row.risk else "",
        "ground": PersonsGround(row.ground).label if row.ground else "",
        "steps": step_lines(row),
        "authority_form": ToldForm(initial=told, prefix="authority"),
        "persons_form": ToldForm(initial=told, prefix="persons"),
        "edits": may(request, Permission.COMPLIANCE_EDIT) and row.closed_at is None,
        "notes": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/breach.html", context)


@needs(*SEES)
@require_safe
def clock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The clocks alone: the page asks for them again and again."""
    row = get_object_or_404(Breach, pk=pk)
    return render(request, "compliance/_breach_clocks.html", {"breach": row, "clocks": clock_lines(row)})


@needs(*ACTS)
@require_http_methods(["GET", "POST"])
def findings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known and decided."""
    row = get_object_or_404(Breach, pk=pk)
    form = FindingsForm(request.POST if request.method == "POST" else None, initial=FindingsForm.begin(row))
    if form.is_valid():
        said = form.cleaned_data
        found = services.Findings(
            words=form.words(),
            persons=said["persons"],
            records=said["records"],
            risk=Risk(said["risk"]) if said["risk"] else None,
            ground=PersonsGround(said["ground"]) if said["ground"] else None,
        )
        try:
            services.write_findings(pk=pk, version=said["version"], found=found, by=actor_of(request))
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            messages.success(request, "Written.")
            return redirect("breach", pk)
    context = {"form": form, "breach": row}
    return render(request, "compliance/breach_findings.html", context, status=422 if form.is_bound else 200)


@needs(*SEES)
@require_safe
def notification(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The draft of what the authority is told."""
    row = get_object_or_404(Breach, pk=pk)
    return paper_answer(request, notification_paper(row), breach=row)


def _told(request: HttpRequest, pk: UUID, service: Any, prefix: str) -> HttpResponse:
    row = get_object_or_404(Breach, pk=pk)
    form = ToldForm(request.POST, prefix=prefix)
    if not form.is_valid():
        messages.error(request, "Say when it was.")
        return redirect("breach", row.pk)
    return _done(request, row, service, **form.cleaned_data)


def _done(request: HttpRequest, row: Breach, service: Any, **said: Any) -> HttpResponse:
    """Do it; what was refused is said on the page."""
    try:
        service(pk=row.pk, by=actor_of(request), **said)
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, "Written.")
    return redirect("breach", row.pk)


@needs(*ACTS)
@require_POST
def authority(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The authority was told."""
    return _told(request, pk, services.told_authority, "authority")


@needs(*ACTS)
@require_POST
def persons(request: HttpRequest, pk: UUID) -> HttpResponse:
    """People were told."""
    return _told(request, pk, services.told_persons, "persons")


@needs(*ACTS)
@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A step in the officer's words."""
    row = get_object_or_404(Breach, pk=pk)
    return _done(request, row, services.add_note, note=request.POST.get("note", "")[:4_000])


@needs(*ACTS)
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Nothing more is to be done."""
    row = get_object_or_404(Breach, pk=pk)
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    return _done(request, row, services.close_breach, version=seen)
