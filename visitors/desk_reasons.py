"""Why somebody stands at reception whom no kiosk let in, in words. As many queries for 500 as for one.

The same grounds as `arrival_facts.needs_a_person`, and those of whoever was never let in by a kiosk at all.
The watch list is not among them: who may know of a match sees it beside the name (`desk_lists.Watch`).
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from compliance.law import Purpose
from credentials.models import HolderState
from visitors.arrival_facts import PROVEN, declined
from visitors.models import Arrival, Flow, Photo, SealedSignIn, Visit, VisitPhoto

UNANNOUNCED: Final = "not announced"
OFFLINE: Final = "signed in at a kiosk without network"
UNPROVEN: Final = "came by name only, not proven"
HOST_CONFIRMS: Final = "the host confirms on arrival"
BARRED: Final = "the visitor is suspended"
HOST_LEFT: Final = "the host has left"
NO_PHOTO: Final = "no photo, which this type of visit demands"
NOT_KEPT: Final = "the signature is not to be kept"


def reasons(visits: Iterable[Visit]) -> dict[UUID, tuple[str, ...]]:
    """Visit that waits → why. Nothing of one that came to reception itself and has nothing against it.

    Each visit with its holder, host and type.
    """
    waiting = [visit for visit in visits if visit.waits]
    if not waiting:
        return {}
    notes = _notes(waiting)
    photographed = set(VisitPhoto.objects.filter(visit__in=waiting).values_list("visit", flat=True))
    sealed = set(SealedSignIn.objects.filter(visit__in=waiting).values_list("visit", flat=True))
    return {
        visit.pk: tuple(
            _of(visit, notes.get(visit.pk), photo=visit.pk in photographed, sealed=visit.pk in sealed)
        )
        for visit in waiting
    }


def _notes(visits: list[Visit]) -> dict[UUID, set[str]]:
    """Visit → what was said at kiosks: the code given at any, the rest at the last one."""
    found: dict[UUID, set[str]] = {}
    rows = Arrival.objects.filter(visit__in=visits).exclude(flow=Flow.LEAVING).order_by("begun_at")
    for pk, notes in rows.values_list("visit", "notes"):
        if pk is not None:
            found[pk] = set(notes) | (found.get(pk, set()) & {PROVEN})
    return found


def _of(visit: Visit, notes: set[str] | None, *, photo: bool, sealed: bool) -> Iterable[str]:
    known = visit.walk_in or PROVEN in (notes or ())
    if visit.walk_in:
        yield UNANNOUNCED
    if sealed:
        yield OFFLINE
    elif notes is not None and not known:
        yield UNPROVEN
    if visit.type.host_confirms and not visit.walk_in and notes is not None:
        yield HOST_CONFIRMS
    if visit.holder.state != HolderState.ACTIVE:
        yield BARRED
    if visit.host is not None and visit.host.state != HolderState.ACTIVE:
        yield HOST_LEFT
    # Whoever only gave a name has not been asked for one yet.
    if notes is not None and known and visit.type.photo == Photo.REQUIRED and not photo:
        yield NO_PHOTO
    if declined(Purpose.VISITOR_DOCUMENTS) in (notes or ()):
        yield NOT_KEPT
