"""Grants of a reader that opened alone where its area lets no reader open so.

What an entry was decided on is the reader's own word. Whoever holds its key can write down another rule than
the company's, so ours is looked at too. An area that was changed since the reader had its list says nothing:
the reader may not have heard of it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q

from access.models import AccessPoint, AlarmKind
from access.services import raise_reader_alarm
from ledger.models import LedgerEntry
from readers.handin.alarming import Passed
from readers.handin.checking import moment
from readers.handin.lives import SLACK
from sallyport.rules import Assurance, DoorMode, needed_alone, reached

_CHANGES: Final = ("area_edited", "door_edited", "lockdown_begun", "lockdown_ended")


@dataclass(frozen=True, slots=True)
class Place:
    """What our record says now of the door at which a reader stands."""

    door: int
    area: int
    assurance: Assurance
    mode: str  # offline
    unlocked: bool  # at hours, for everybody whose code is good

    def allows(self, passed: Passed) -> bool:
        """Whether a reader that is cut off may have let this code pass."""
        opened = passed.entry.opened
        needed = needed_alone(self.assurance, self.mode)
        return self.unlocked or (needed is not None and opened is not None and reached(opened) >= needed)


def tell_unallowed(reader: int, passed: Sequence[Passed]) -> None:
    """Raise one alarm for those at areas that ask for a face, and one for all others."""
    places = _places({one.entry.access_point for one in passed})
    found: dict[AlarmKind, list[Passed]] = {}
    for one in passed:
        place = places.get(one.entry.access_point)
        if place is not None and not place.allows(one) and not _was_changed(place, one):
            face = place.assurance >= Assurance.CODE_FACE
            kind = AlarmKind.OFFLINE_AT_FACE_AREA if face else AlarmKind.JOURNAL_QUARANTINED
            found.setdefault(kind, []).append(one)
    for kind, some in found.items():
        first = min(some, key=lambda one: one.at)
        facts = {"access_point": first.entry.access_point, "event": first.event, "entries": len(some)}
        raise_reader_alarm(kind=kind, reader=reader, at=first.at, facts=facts)


def _places(handles: Iterable[int]) -> dict[int, Place]:
    columns = ("handle", "door_id", "door__area_id", "door__area__assurance", "door__area__offline_mode")
    rows = AccessPoint.objects.filter(handle__in=list(handles)).values_list(*columns, "door__mode")
    return {
        handle: Place(door, area, Assurance(assurance), offline, mode == DoorMode.UNLOCKED_BY_SCHEDULE)
        for handle, door, area, assurance, offline, mode in rows
    }


def _was_changed(place: Place, passed: Passed) -> bool:
    """Whether area or door were changed since the list by which the reader decided."""
    list_at = json.loads(passed.entry.told.facts)["offline"][2]
    where = Q(subject_kind="area", handle=place.area) | Q(subject_kind="door", handle=place.door)
    since = moment(list_at * 1000) - timedelta(seconds=SLACK)
    return LedgerEntry.objects.filter(where, verb__in=_CHANGES, at__gte=since).exists()
