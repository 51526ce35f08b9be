"""People whose time is over: an erasure is opened for each, which an officer goes through as for any other."""

from uuid import UUID

from compliance.models import Case, CaseKind
from compliance.models.cases import OVER


def propose_erasure(subject: UUID, *, by: str) -> bool:
    """Open an erasure of this person unless one is open, in the caller's transaction; whether one was opened."""
    standing = Case.objects.filter(kind=CaseKind.ERASURE, persons__subject=subject).exclude(state__in=OVER)
    return not standing.exists()
