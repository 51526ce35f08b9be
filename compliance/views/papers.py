"""Papers from live configuration: the data map, the record of processing, the impact assessment."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.csv_safe import csv_answer
from compliance.models import Breach, BreachState
from compliance.paper_forms import FieldsForm, ParticularsForm
from compliance.papers.fields import COLUMNS, FieldLine, field_lines
from compliance.papers.impact import impact as impact_paper
from compliance.papers.processing import particulars as particulars_now
from compliance.papers.processing import processing as processing_paper
from compliance.papers.subprocessors import announced, list_in_force
from compliance.services.subprocessors import save_particulars
from compliance.views.downloads import as_json, paper_answer
from operators.permissions import Permission, actor_of, may, needs
from tenants.data_map import Category


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """What can be shown to an authority, and what is missing in it."""
    lines = list(field_lines())
    context = {
        "processing": processing_paper(),
        "impact": impact_paper(),
        "fields": len(lines),
        "personal": sum(line.category is not Category.NONE for line in lines),
        "list": list_in_force(),
        "announced": announced(),
        "open_breaches": Breach.objects.filter(state=BreachState.OPEN).count(),
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/papers.html", context)


def _wanted(form: FieldsForm) -> list[FieldLine]:
    said = form.cleaned_data if form.is_valid() else {}
    return [
        line
        for line in field_lines()
        if said.get("category", "") in {"", line.category.name} and said.get("use", "") in {"", line.use.name}
    ]


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def data_map(request: HttpRequest) -> HttpResponse:
    """Each field: what it holds, what for, until when; as a page, CSV or JSON."""
    form = FieldsForm(request.GET)
    lines, day = _wanted(form), f"{timezone.now():%Y-%m-%d}"
    match request.GET.get("as"):
        case "csv":
            return csv_answer(f"data-map-{day}.csv", COLUMNS, (line.cells() for line in lines))
        case "json":
            return as_json([line.as_dict() for line in lines], f"data-map-{day}.json")
    models: dict[tuple[str, str], list[FieldLine]] = {}
    for line in lines:
        models.setdefault((line.room, line.model), []).append(line)
    context = {
        "tools": form,
        "models": [(room, model, found) for (room, model), found in models.items()],
        "count": len(lines),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "compliance/data_map.html", context)


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """The record of processing activities (GDPR Art. 30(1))."""
    return paper_answer(request, processing_paper(), edits=may(request, Permission.COMPLIANCE_EDIT))


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def impact(request: HttpRequest) -> HttpResponse:
    """A draft of the impact assessment (GDPR Art. 35(7))."""
    return paper_answer(request, impact_paper(), edits=may(request, Permission.COMPLIANCE_EDIT))


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def particulars(request: HttpRequest) -> HttpResponse:
    """What no setting says and papers must."""
    posted = request.POST if request.method == "POST" else None
    form = ParticularsForm(posted, instance=particulars_now())
    if form.is_valid():
        try:
            save_particulars(values=form.cleaned_data, by=actor_of(request))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("papers")
    context = {"form": form}
    return render(request, "compliance/particulars.html", context, status=422 if form.is_bound else 200)
