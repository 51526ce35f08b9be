"""Which published list of sub-processors holds today, and which one follows."""

from datetime import date

from django.utils import timezone

from compliance.models import SubProcessorList


def list_in_force(today: date | None = None) -> SubProcessorList | None:
    """The newest one whose day has come."""
    day = today or timezone.localdate()
    return SubProcessorList.objects.filter(effective_on__lte=day).order_by("-number").first()


def announced(today: date | None = None) -> SubProcessorList | None:
    """The newest list, if its day is still to come."""
    newest = SubProcessorList.objects.order_by("-number").first()
    day = today or timezone.localdate()
    return newest if newest is not None and newest.effective_on > day else None


def in_force() -> list[dict[str, str]]:
    """Its entries; empty before a first list."""
    row = list_in_force()
    entries: list[dict[str, str]] = row.entries if row else []
    return entries
