"""Who is inside after a reader has handed in what it did alone: its grants in order among the others.

First the record is read and alarms are raised, under no lock; then who is inside is written, in few
statements under the areas' locks: live scans at these areas wait for nothing else.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection

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
from access.services.presence import areas_of, count_out, lock_areas
from credentials.models import Credential
from sallyport.rules import Watch, breaks_passback

# A reader may be cut off for its trust at most (72 hours) after the entry that its own follows.
LOOK_BACK: Final = dt.timedelta(days=7)
# A reader's clock does not say how much of the record is read: for older entries no pairs are sought.
OLDEST: Final = dt.timedelta(days=14)
# By ids the record is read from an event of up to this long before the first that is wanted.
_BEFORE: Final = dt.timedelta(days=1)
_SLACK: Final = dt.timedelta(minutes=5)  # from a scan's time to its commit it is seconds
_SETTLE: Final = """
INSERT INTO access_presence AS p (area_id, holder_id, inside, at, event)
SELECT s.area, s.holder, s.inside, s.at, s.event
  FROM unnest(%s::bigint[], %s::uuid[], %s::boolean[], %s::timestamptz[], %s::bigint[])
    AS s(area, holder, inside, at, event)
  JOIN access_area a ON a.id = s.area
 WHERE a.emptied_at IS NULL OR s.at > a.emptied_at
ON CONFLICT (area_id, holder_id) DO UPDATE
   SET inside = excluded.inside, at = excluded.at, event = excluded.event
 WHERE p.at <= excluded.at
"""
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


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a holder is by the last of the grants. `seen`: the event by which that was known before."""

    area: int
    holder: UUID
    inside: bool
    at: dt.datetime
    event: int
    seen: int | None


@dataclass(frozen=True, slots=True)
class Moves:
    """Grants that were handed in, and the events whose door stayed shut: what `settle_moves` writes."""

    moved: Sequence[Moved]
    shut: Collection[int]
    now: dt.datetime
    stands: Sequence[Stand]


def find_moves(*, moved: Sequence[Moved], shut: Collection[int], now: dt.datetime) -> Moves:
    """Raise what handed-in grants show, entries that break the area's rule, and tell where they lead.

    Inside the transaction that writes the events, after them. Locks nothing.
    """
    places = _watched_places({one.access_point for one in moved})
    moved = [one for one in moved if one.access_point in places.points]
    if not moved:
        return Moves([], shut, now, [])
    holders = _holders(one.credential for one in moved)
    ours = {one.event for one in moved}
    areas = {places.area(one.access_point).pk for one in moved}
    held = {  # before the steps: what is known here can then not be newer than they are
        (row.area_id, row.holder_id): row
        for row in Presence.objects.filter(area__in=areas, holder__in=set(holders.values()))
    }
    steps = _steps(moved, holders, places, shut, now)
    found: list[PhoneAlarm] = []
    stands = []
    for who, taken in steps.items():
        row = held.get(who)
        found += _broken(taken, row, places, ours)
        last = taken[-1]
        if last.event in ours:  # one of the server's own has been counted when it was written
            seen = row.event if row else None
            stands.append(Stand(*who, places.enters(last), last.at, last.event, seen))
    if found:
        raise_phone_alarms(found=found)
    return Moves(moved, shut, now, stands)


def settle_moves(moves: Moves) -> None:
    """Write who is inside, last in the transaction: from here on nobody goes in or out there until it ends.

    Who was counted out after a grant, alone or with everybody, stays out. A scan that holds an area's lock
    may wait for a code that this transaction uses up: it gives way first, by its shorter patience.
    """
    stands = moves.stands
    areas = {one.area for one in stands} | areas_of(moves.shut)
    if not areas:
        return
    lock_areas(areas)
    met = _met(stands)
    if stands:
        rows = [(one.area, one.holder, one.inside, one.at, one.event) for one in stands]
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, [list(column) for column in zip(*rows, strict=True)])
    count_out(moves.shut)
    if met:
        # Whoever went in or out live since the record was read: only now it is whole for them.
        again = Credential.objects.filter(holder__in=met).values_list("handle", flat=True)
        handles = set(again)
        moved = [one for one in moves.moved if one.credential in handles]
        find_moves(moved=moved, shut=moves.shut, now=moves.now)


def _met(stands: Sequence[Stand]) -> set[UUID]:
    """The holders who moved since `find_moves` has looked."""
    rows = Presence.objects.filter(
        area__in={one.area for one in stands}, holder__in={one.holder for one in stands}
    )
    events = {(row.area_id, row.holder_id): row.event for row in rows}
    return {one.holder for one in stands if events.get((one.area, one.holder)) != one.seen}


def watched_points(points: Collection[int]) -> set[int]:
    """Which of these access points lead into or out of areas that keep watch."""
    return set(points) & _watched_places(set(points)).points.keys()


def _watched_places(points: set[int]) -> _Places:
    """Of the areas that these lead into or out of: all sides of all their doors."""
    here = AccessPoint.objects.filter(handle__in=points).values_list("door__area")
    rows = AccessPoint.objects.filter(door__area__in=here).select_related("door__area")
    return _Places({row.handle: row for row in rows if row.door.area.keeps_watch})


def _holders(credentials: Iterable[int]) -> dict[int, UUID]:
    """Each credential of the holders of these, with its holder: rights that changed gave a new one."""
    holders = Credential.objects.filter(handle__in=set(credentials)).values("holder")
    return dict(Credential.objects.filter(holder__in=holders).values_list("handle", "holder_id"))


def _steps(
    moved: Sequence[Moved],
    holders: dict[int, UUID],
    places: _Places,
    shut: Collection[int],
    now: dt.datetime,
) -> dict[_Who, list[_Step]]:
    """By area and holder the grants in and out, in their order, since the area was last emptied."""
    wanted = {
        (places.area(one.access_point).pk, holders[one.credential])
        for one in moved
        if one.credential in holders
    }
    since = max(min(one.at for one in moved), now - OLDEST) - LOOK_BACK
    known = AccessEvent.objects.filter(
        credential__in=list(holders),
        access_point__in=list(places.points),
        granted=True,
        at__gte=since,
        pk__gt=_before(since),
    ).order_by()
    rows = set(known.values_list("at", "id", "device", "access_point", "credential"))
    # The server may have refused what the reader let in: the event says no, and yet they are inside.
    rows |= {(one.at, one.event, one.device, one.access_point, one.credential) for one in moved}
    steps: dict[_Who, dict[int, _Step]] = defaultdict(dict)
    for at, event, device, point, credential in rows:
        area, holder = places.area(point), holders.get(credential or 0)
        if holder is None or event in shut:
            continue
        who = (area.pk, holder)
        if who in wanted and (area.emptied_at is None or at > area.emptied_at):
            steps[who][event] = _Step(at, event, device or 0, point)
    return {who: sorted(taken.values()) for who, taken in steps.items()}


def _before(since: dt.datetime) -> int:
    """An event's id that no event since then has below it: the index by credential knows ids, not times.

    Whatever happened since then was written since then. 0 where nothing tells.
    """
    until = since - _SLACK
    rows = AccessEvent.objects.filter(at__lt=until, at__gte=until - _BEFORE, offline=False)
    return rows.order_by("-at").values_list("pk", flat=True).first() or 0


def _broken(
    steps: Sequence[_Step], row: Presence | None, places: _Places, ours: set[int]
) -> list[PhoneAlarm]:
    """Entries one after the other with no way out between them, one of them at least handed in now."""
    found = []
    for before, after in pairwise(steps):
        if not (places.enters(before) and places.enters(after)) or not ours & {before.event, after.event}:
            continue
        counted_out = row is not None and row.event is None and before.at <= row.at <= after.at
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
