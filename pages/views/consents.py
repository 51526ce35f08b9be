"""Who agreed to what: consents with names, the same as a table to take along, withdrawing for a person."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import services
from compliance.csv_safe import csv_answer
from compliance.law import Act, Purpose
from compliance.models import ConsentRecord, Ended
from compliance.purpose_texts import PURPOSES
from compliance.sparing import restricted
from credentials.models import Holder
from credentials.names import holder_names
from credentials.services.consents import person_of
from ledger.services import record as record_deed
from operators.permissions import Permission, actor_of, needs
from pages.actors import Doers
from pages.consent_forms import IN_FORCE, ConsentsForm

PAGE: Final = 50
MOST_FOUND: Final = 500
MOST_EXPORTED: Final = 100_000
COLUMNS: Final = (
    *("person", "purpose", "act", "jurisdiction", "notice version", "language"),
    *(
        "sha256 of the notice",
        "given at",
        "ended at",
        "how it ended",
        "record",
        "phone",
        "attended by",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One answer of a list."""

    record: ConsentRecord
    holder: UUID | None
    name: str
    attended: str  # who attended at a desk, or the kiosk; empty for an answer from a phone

    @property
    def where(self) -> str:
        """On what it was said."""
        if self.record.at_kiosk:
            return f"at a kiosk, {self.attended}"
        return f"at a desk, with {self.attended}" if self.attended else f"on phone {self.record.device}"

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
    doers = Doers(record.attended_by for record in records if record.at_desk)
    return [
        Line(
            row,
            ids.get(row.person),
            names.get(row.person, "Somebody who was erased"),
            doers.name(row.attended_by) if row.at_desk else "",
        )
        for row in records
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


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The list that the filter shows, as CSV (RFC 4180), up to MOST_EXPORTED rows; this is on record."""
    form = ConsentsForm(request.GET)
    with transaction.atomic():
        # What is restricted is stored, and does not leave (GDPR Art. 18(2)).
        found = _wanted(form).exclude(subject__in=restricted())
        rows = list(found.order_by("-given_at", "-pk")[:MOST_EXPORTED])
        told: dict[str, Any] = {"rows": len(rows), "by_name": bool(request.GET.get("text"))}
        told |= {name: request.GET.get(name, "") for name in ("purpose", "state")} if form.is_valid() else {}
        record_deed(actor=actor_of(request), verb="consents_exported", data=told)
    name = f"consents-{timezone.now():%Y-%m-%d}.csv"
    return csv_answer(name, COLUMNS, (_columns(line) for line in lines(rows)))


def _columns(line: Line) -> list[str]:
    row = line.record
    return [
        *(line.name, line.purpose, row.act, row.notice.profile, str(row.notice.number), row.notice.language),
        *(row.sha256, row.given_at.isoformat(), row.ended_at.isoformat() if row.ended_at else ""),
        *(row.ended_how, str(row.pk), "" if row.device is None else str(row.device), line.attended),
    ]


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End a consent for a person who asked for it by letter, by telephone or in person (GDPR Art. 7(3))."""
    row = get_object_or_404(ConsentRecord.objects.select_related("notice"), pk=pk, act=Act.CONSENT)
    holder = get_object_or_404(Holder, handle=row.person)
    if request.method == "POST" and row.in_force:
        row = services.withdraw(person=person_of(holder), record=row.pk, by=actor_of(request))
        if row.ended_how == Ended.WITHDRAWN:
            messages.success(request, "It is withdrawn. A receipt is on its way.")
            return redirect("person", holder.pk)
    if not row.in_force:
        # Perhaps the person has agreed to a later text meanwhile, which stands.
        messages.warning(request, "This answer had ended already. See below which of them stands now.")
        return redirect("person", holder.pk)
    context = {"line": lines([row])[0], "person": holder}
    return render(request, "pages/consent_withdraw.html", context)
