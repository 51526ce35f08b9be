"""Who agreed to what: the list of consents, with names."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.law import Act, Purpose
from compliance.models import ConsentRecord, Ended
from compliance.purpose_texts import PURPOSES
from credentials.models import Holder
from credentials.names import holder_names
from operators.permissions import Permission, needs
from pages.consent_forms import IN_FORCE, ConsentsForm

PAGE: Final = 50
MOST_FOUND: Final = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of a list."""

    record: ConsentRecord
    holder: UUID | None
    name: str

    @property
    def purpose(self) -> str:
        """The purpose in words."""
        return PURPOSES[Purpose(self.record.purpose)]

    @property
    def said(self) -> str:
        """What was said, and how it ended."""
        said = "Agreed" if self.record.act == Act.CONSENT else "Has read it"
        return said if self.record.in_force else f"{said}; {Ended(self.record.ended_how).label.lower()}"


def lines(records: list[ConsentRecord]) -> list[Line]:
    """With names from the index: no row is decrypted."""
    numbers = {record.person for record in records}
    names = holder_names.names(numbers)
    ids = dict(Holder.objects.filter(handle__in=numbers).values_list("handle", "id"))
    return [
        Line(row, ids.get(row.person), names.get(row.person, "Somebody who was erased")) for row in records
    ]


def _wanted(form: ConsentsForm) -> QuerySet[ConsentRecord]:
    found = ConsentRecord.objects.select_related("notice")
    said = form.cleaned_data if form.is_valid() else {}
    if said.get("text"):
        found = found.filter(person__in=holder_names.search(said["text"], limit=MOST_FOUND))
    if said.get("purpose"):
        found = found.filter(purpose=said["purpose"])
    if said.get("state"):
        found = found.filter(ended_at__isnull=said["state"] == IN_FORCE)
    return found


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """All answers, newest first, by person, purpose and state."""
    form = ConsentsForm(request.GET)
    page: Page[ConsentRecord] = Paginator(_wanted(form), PAGE).get_page(request.GET.get("page"))
    context = {
        "tools": form,
        "page": page,
        "lines": lines(list(page.object_list)),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "pages/consents.html", context)
