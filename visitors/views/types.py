"""Console pages: types of visit, what each asks and opens, and in which order kiosks show them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operators.permissions import Permission, actor_of, needs
from visitors.models import Visit, VisitType
from visitors.models.visits import OPEN_STATES
from visitors.periods import kept_days, law_least
from visitors.refusals import Refused
from visitors.services import types as deeds
from visitors.type_forms import TypeForm
from visitors.type_texts import asks, opens, warnings


@needs(Permission.VISITS_SET_UP)
@require_safe
def types(request: HttpRequest) -> HttpResponse:
    """All types in order, then those that are archived."""
    rows = list(VisitType.objects.prefetch_related("documents", "levels"))
    lines = [
        {"row": row, "asks": asks(row), "opens": opens(row), "days": kept_days(row)}
        for row in rows
        if row.archived_at is None
    ]
    context = {"tab": "types", "lines": lines, "archived": [row for row in rows if row.archived_at]}
    return render(request, "visitors/types.html", context)


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def type_add(request: HttpRequest) -> HttpResponse:
    """A new type."""
    form = TypeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            row = deeds.add_type(by=actor_of(request), **form.values())
        except ValidationError as wrong:
            form.refuse(wrong)
        else:
            return _saved(request, row)
    return _page(request, form, "Add a type of visit", None)


@needs(Permission.VISITS_SET_UP)
@require_http_methods(["GET", "POST"])
def type_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a type."""
    row = get_object_or_404(VisitType, pk=pk)
    form = TypeForm(request.POST if request.method == "POST" else None, visit_type=row)
    if form.is_valid():
        try:
            row = deeds.edit_type(visit_type=row, by=actor_of(request), **form.values())
        except ValidationError as wrong:
            form.refuse(wrong)
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            return _saved(request, row)
    return _page(request, form, f"Edit {VisitType.objects.get(pk=pk).name}", row)


def _saved(request: HttpRequest, row: VisitType) -> HttpResponse:
    messages.success(request, f"“{row.name}” is saved.")
    for warning in warnings(row):
        messages.warning(request, warning)
    return redirect("visit-types")


def _page(request: HttpRequest, form: TypeForm, title: str, row: VisitType | None) -> HttpResponse:
    open_ones = Visit.objects.filter(type=row, state__in=OPEN_STATES) if row else Visit.objects.none()
    context = {
        "tab": "types",
        "title": title,
        "form": form,
        "row": row,
        "to_come": open_ones.exclude(state="on_site").count(),
        "under_way": open_ones.filter(state="on_site").count(),
        "law": law_least(),
        "back": reverse("visit-types"),
    }
    return render(request, "visitors/type.html", context, status=422 if form.is_bound else 200)


@needs(Permission.VISITS_SET_UP)
@require_POST
def type_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer a type no more."""
    row = deeds.archive_type(visit_type=get_object_or_404(VisitType, pk=pk), by=actor_of(request))
    messages.success(request, f"“{row.name}” is archived. It stands below, where you can take it back.")
    return redirect("visit-types")


@needs(Permission.VISITS_SET_UP)
@require_POST
def type_restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer it again."""
    try:
        row = deeds.restore_type(visit_type=get_object_or_404(VisitType, pk=pk), by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    else:
        messages.success(request, f"“{row.name}” is offered again.")
    return redirect("visit-types")


@needs(Permission.VISITS_SET_UP)
@require_POST
def type_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One place up or down."""
    row = get_object_or_404(VisitType, pk=pk)
    order = list(VisitType.objects.filter(archived_at=None).values_list("pk", flat=True))
    if row.pk in order:
        here = order.index(row.pk)
        there = here + (1 if request.POST.get("way") == "down" else -1)
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
            deeds.order_types(order=order, by=actor_of(request))
    return redirect("visit-types")
