"""The photograph for a badge: sealed under the visitor's key and for one visit, opened to be printed."""

from vault import services as vault
from visitors.models import Visit, VisitPhoto


def seal_photo(visit: Visit, jpeg: bytes) -> bytes:
    """What `VisitPhoto.sealed` holds. Raises CannotOpen for an erased visitor."""
    return vault.subject_seal(visit.holder.subject_id, jpeg, place=_place(visit))


def open_photo(visit: Visit) -> bytes | None:
    """The JPEG of this visit; None where none was taken, or the visitor was erased."""
    held = VisitPhoto.objects.filter(visit=visit).first()
    if held is None:
        return None
    return vault.subject_open(visit.holder.subject_id, bytes(held.sealed), place=_place(visit))


def _place(visit: Visit) -> str:
    return f"visit-photo/{visit.pk}"
