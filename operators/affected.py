"""Whose data of this room lay open: those who sign in to the console."""

from collections.abc import Collection, Mapping
from uuid import UUID

from operators.models import Operator
from vault.affected import Exposure, naming, source
from vault.holdings import Known


@source("operators", title="Names and mail addresses of operators")
def operators(exposure: Exposure) -> Mapping[UUID, int]:
    """Those who had an account before it ended."""
    there = Operator.objects.filter(created_at__lt=exposure.ends, subject__destroyed_at=None)
    return dict.fromkeys(there.values_list("subject_id", flat=True), 1)


@naming("operators")
def named(subjects: Collection[UUID]) -> Mapping[UUID, Known]:
    """Operators by name."""
    rows = Operator.objects.filter(subject__in=subjects, subject__destroyed_at=None)
    return {
        row.subject_id: Known(
            source="operators",
            subject=row.subject_id,
            number=None,
            kind=f"Operator, {row.get_role_display().lower()}",
            name=row.name,
            email=row.email,
        )
        for row in rows
    }
