"""Who is inside after a reader has handed in what it did alone: its grants in order among the others."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

from access.models import (
    AccessEvent,
    AccessPoint,
    AlarmKind,
    Area,
    DoorMode,
    Presence,
    Side,
)
from access.services.phone_alarms import PhoneAlarm, raise_phone_alarms
from access.services.presence import lock_areas
from credentials.models import Credential
from sallyport.rules import Watch, breaks_passback

# A reader may be cut off for its trust at most (72 hours) after the entry that its own follows.
LOOK_BACK: Final = dt.timedelta(days=7)
_Who = tuple[int, UUID]  # area, holder


@dataclass(frozen=True, slots=True)
class Moved:
    """A grant that was handed in. `event` is the id under which it stands."""

    event: int
    at: dt.datetime
    credential: int
    device: int
    access_point: int


class _Step(NamedTuple):
    at: dt.datetime
    event: int
    device: int
    access_point: int


@dataclass(frozen=True, slots=True)
class _Places:
    """The access points of the areas that keep watch, by handle."""

    points: dict[int, AccessPoint]

    def area(self, point: int) -> Area:
        return self.points[point].door.area

    def enters(self, step: _Step) -> bool:
        return self.points[step.access_point].side != Side.EXIT

    def stands_open(self, step: _Step) -> bool:
        return self.points[step.access_point].door.mode != DoorMode.NORMAL


def take_moves(*, moved: Sequence[Moved]) -> None:
    """Put handed-in grants into who is inside, and raise what they show: entries that break the area's rule.

    Inside the transaction that writes the events, after them. A scan that holds an area's lock may wait for a
    code that this transaction uses up: it gives way first, by its shorter patience, and is asked again.
    """
    places = _watched_places({one.access_point for one in moved})
    moved = [one for one in moved if one.access_point in places.points]
    if not moved:
        return
    lock_areas(places.area(one.access_point).pk for one in moved)
    holders = _holders(one.credential for one in moved)
    ours = {one.event for one in moved}
    steps = _steps(moved, holders, places)
    held = {
        (row.area_id, row.holder_id): row
        for row in Presence.objects.filter(
            area__in={area for area, _ in steps}, holder__in={who for _, who in steps}
        )
    }
    found: list[PhoneAlarm] = []
    for who, taken in steps.items():
        row = held.get(who) or Presence(area_id=who[0], holder_id=who[1])
        found += _broken(taken, row, places, ours)
        _settle(row, taken[-1], places)
    if found:
        raise_phone_alarms(found=found)


def _watched_places(points: set[int]) -> _Places:
    """Of the areas that these lead into or out of: all sides of all their doors."""
    here = AccessPoint.objects.filter(handle__in=points).values_list("door__area")
    rows = AccessPoint.objects.filter(door__area__in=here).select_related("door__area")
    return _Places({row.handle: row for row in rows if row.door.area.keeps_watch})


def _holders(credentials: Iterable[int]) -> dict[int, UUID]:
    """Each credential of the holders of these, with its holder: rights that changed gave a new one."""
    holders = Credential.objects.filter(handle__in=set(credentials)).values("holder")
    return dict(Credential.objects.filter(holder__in=holders).values_list("handle", "holder_id"))


def _steps(moved: Sequence[Moved], holders: dict[int, UUID], places: _Places) -> dict[_Who, list[_Step]]:
    """By area and holder the grants in and out, in their order, since the area was last emptied."""
    wanted = {
        (places.area(one.access_point).pk, holders[one.credential])
        for one in moved
        if one.credential in holders
    }
    known = AccessEvent.objects.filter(
        credential__in=list(holders),
        access_point__in=list(places.points),
        granted=True,
        at__gte=min(one.at for one in moved) - LOOK_BACK,
    ).order_by()
    rows = set(known.values_list("at", "id", "device", "access_point", "credential"))
    # The server may have refused what the reader let in: the event says no, and yet they are inside.
    rows |= {(one.at, one.event, one.device, one.access_point, one.credential) for one in moved}
    steps: dict[_Who, dict[int, _Step]] = defaultdict(dict)
    for at, event, device, point, credential in rows:
        area, holder = places.area(point), holders.get(credential or 0)
        if holder is None:
            continue
        who = (area.pk, holder)
        if who in wanted and (area.emptied_at is None or at > area.emptied_at):
            steps[who][event] = _Step(at, event, device or 0, point)
    return {who: sorted(taken.values()) for who, taken in steps.items()}


def _broken(steps: Sequence[_Step], row: Presence, places: _Places, ours: set[int]) -> list[PhoneAlarm]:
    """Entries one after the other with no way out between them, one of them at least handed in now."""
    found = []
    for before, after in pairwise(steps):
        if not (places.enters(before) and places.enters(after)) or not ours & {before.event, after.event}:
            continue
        counted_out = row.pk is not None and row.event is None and before.at < row.at <= after.at
        if counted_out or places.stands_open(after):
            continue
        area = places.area(after.access_point)
        watch = Watch(True, area.passback, 60 * (area.passback_minutes or 0), area.capacity)
        kind = "live" if after.device else "day_pass"
        if breaks_passback(watch, kind, int(after.at.timestamp()), int(before.at.timestamp())):
            facts = {"access_point": after.access_point, "area": area.pk}
            kinds = AlarmKind.ENTERED_TWICE
            found.append(PhoneAlarm(kinds, after.device, before.event, after.event, after.at, facts))
    return found


def _settle(row: Presence, last: _Step, places: _Places) -> None:
    """Where the holder is by the last of the steps; who was counted out after it stays out."""
    if row.pk is not None and row.at > last.at:
        return
    row.inside, row.at, row.event = places.enters(last), last.at, last.event
    row.save()
