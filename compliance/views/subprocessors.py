"""Who handles data for the company: the next list, the published ones."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.models import SubProcessor, SubProcessorList
from compliance.paper_forms import EffectiveForm, SubProcessorForm
from compliance.papers.subprocessors import announced, list_in_force
from compliance.refusals import Refused
from compliance.services.subprocessors import (
    changes,
    drop_subprocessor,
    entries_now,
    publish_subprocessors,
    save_subprocessor,
)
from operators.permissions import Permission, actor_of, may, needs


def _page(request: HttpRequest, form: EffectiveForm, status: int = 200) -> HttpResponse:
    newest = SubProcessorList.objects.first()
    differs = changes(newest.entries if newest else [], entries_now())
    context = {
        "rows": SubProcessor.objects.all(),
        "lists": SubProcessorList.objects.all(),
        "in_force": list_in_force(),
        "announced": announced(),
        "changes": [(word, names) for word, names in differs.items() if names],
        "form": form,
        "edits": may(request, Permission.COMPLIANCE_EDIT),
    }
    return render(request, "compliance/subprocessors.html", context, status=status)


@needs(Permission.COMPLIANCE_VIEW)
@require_safe
def subprocessors(request: HttpRequest) -> HttpResponse:
    """The next list, and what was published."""
    return _page(request, EffectiveForm(initial={"effective_on": timezone.localdate()}))


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the next list with the day from which it holds."""
    form = EffectiveForm(request.POST)
    if form.is_valid():
        try:
            made = publish_subprocessors(by=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.text)
        else:
            messages.success(
                request, f"List {made.number} is published. Owners and officers are told by mail."
            )
            return redirect("sub-processors")
    return _page(request, form, status=422)


def _edit(request: HttpRequest, pk: UUID | None, row: SubProcessor) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = SubProcessorForm(posted, instance=row)
    if form.is_valid():
        try:
            save_subprocessor(pk=pk, values=form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, " ".join(refused.messages))
        else:
            messages.success(request, "It stands in the next list. Publish it when the list is complete.")
            return redirect("sub-processors")
    context = {"form": form, "row": row if pk else None}
    return render(request, "compliance/subprocessor.html", context, status=422 if form.is_bound else 200)


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new entry of the next list."""
    return _edit(request, None, SubProcessor())


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another wording of an entry of the next list."""
    return _edit(request, pk, get_object_or_404(SubProcessor, pk=pk))


@needs(Permission.COMPLIANCE_VIEW, Permission.COMPLIANCE_EDIT)
@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Leave an entry out of the next list."""
    row = get_object_or_404(SubProcessor, pk=pk)
    drop_subprocessor(pk=row.pk)
    messages.success(request, f"{row.name} is left out of the next list.")
    return redirect("sub-processors")
