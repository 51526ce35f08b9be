"""What of a visitor may be corrected besides name, address and language: where they come from."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ledger import services as ledger
from vault.holdings import Correctable, corrector
from visitors.models import OPEN_STATES, Visit
from visitors.services.moving import locked

MOST: Final = 200  # characters of a firm


@corrector("holder")
class Firms:
    """The firm on visits that are not over; what was printed and signed stays as it was."""

    def fields(self, subject: UUID) -> list[Correctable]:
        """None for whoever has no visit to come or under way."""
        visit = _open(subject).first()
        return [] if visit is None else [Correctable("firm", "Firm", visit.firm)]

    @transaction.atomic
    def correct(self, subject: UUID, values: Mapping[str, str], *, by: str) -> list[str]:
        """Raises ValueError for what cannot be written."""
        firm = values["firm"].strip()
        if len(firm) > MOST:
            raise ValueError(f"A firm has {MOST} characters at most.")
        changed = False
        for found in _open(subject):
            visit = locked(found)
            if visit.is_open and visit.firm != firm:
                visit.firm = firm
                visit.save(update_fields=["firm", "changed_at"])
                data = {"fields": ["firm"]}
                ledger.record(
                    actor=by, verb="visit_corrected", subject_kind="visit", handle=visit.handle, data=data
                )
                changed = True
        return ["firm"] if changed else []


def _open(subject: UUID) -> QuerySet[Visit]:
    found = Visit.objects.filter(holder__subject=subject, state__in=OPEN_STATES)
    return found.select_related("holder__subject").order_by("begins")
