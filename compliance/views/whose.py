"""Whose data were exposed in a breach: a list by period, place and kind of data, and the same as CSV."""

from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from compliance import whose as asking
from compliance.csv_safe import csv_answer
from compliance.models import Breach
from compliance.paper_forms import WhoseForm
from compliance.services import breaches as services
from operators.permissions import Permission, actor_of, needs

PAGE: Final = 50
COLUMNS: Final = ("name", "kind", "number", "mail address", "subject", "kinds of data (records)")
NEEDS: Final = (Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)


@needs(*NEEDS)
@require_http_methods(["GET", "POST"])
def whose_data(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The question, put on record as it is asked (POST), and its answer (GET), which pages are turned of."""
    breach = get_object_or_404(Breach, pk=pk)
    if request.method == "POST":
        return _ask(request, breach)
    asked = "first" in request.GET
    day = breach.aware_at.date()
    form = WhoseForm(request.GET if asked else None, initial={"first": day, "last": day})
    context: dict[str, object] = {"breach": breach, "form": form}
    if asked and form.is_valid():
        found = asking.whose(form.exposure(), form.cleaned_data.get("kinds", ()))
        page: Page[UUID] = Paginator(found.subjects, PAGE).get_page(request.GET.get("page"))
        start = (page.number - 1) * PAGE
        context |= {"found": found, "page": page, "lines": found.lines(start, start + PAGE)}
    return render(request, "compliance/breach_whose.html", context, status=422 if form.errors else 200)


def _ask(request: HttpRequest, breach: Breach) -> HttpResponse:
    form = WhoseForm(request.POST)
    if not form.is_valid():
        context = {"breach": breach, "form": form}
        return render(request, "compliance/breach_whose.html", context, status=422)
    found = asking.whose(form.exposure(), form.cleaned_data.get("kinds", ()))
    services.looked(pk=breach.pk, verb="whose", by=actor_of(request), **found.facts())
    query = request.POST.copy()
    query.pop("csrfmiddlewaretoken", None)
    return redirect(f"{reverse('breach-whose', args=[breach.pk])}?{query.urlencode()}")


@needs(*NEEDS)
@require_POST
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole list as CSV, for telling people; that it left is on record."""
    breach = get_object_or_404(Breach, pk=pk)
    form = WhoseForm(request.GET)
    if not form.is_valid():
        context = {"breach": breach, "form": form}
        return render(request, "compliance/breach_whose.html", context, status=422)
    found = asking.whose(form.exposure(), form.cleaned_data.get("kinds", ()))
    services.looked(pk=pk, verb="whose_exported", by=actor_of(request), **found.facts())
    rows = (_cells(line) for line in found.lines())
    name = f"breach-{breach.number}-people-{timezone.now():%Y-%m-%d}.csv"
    return csv_answer(name, COLUMNS, rows)


def _cells(line: asking.Line) -> tuple[str, ...]:
    known = line.known
    if known is None:
        return ("Somebody who was erased", "", "", "", str(line.subject), line.kinds)
    number = "" if known.number is None else str(known.number)
    return (known.name, known.kind, number, known.email, str(line.subject), line.kinds)
