"""Who is in the building, by the last door each went through: for a fire drill, on paper or on a phone.

Visitors who are on site; everybody else whose last door today led in, or whom an area that keeps watch counts
as inside. What no door knows is not in it: who walked through behind somebody else, or left by a door without
a reader on its way out.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from access.models import AccessEvent, AccessPoint, Area, Presence, Side, Site
from credentials.models import Credential, Holder, HolderKind
from credentials.names import holder_names
from vault import keys
from visitors.models import Visit, VisitState

NIGHT: Final = dt.timedelta(hours=12)  # whoever came in before midnight and works on is still there


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is in, as far as the doors know."""

    handle: int
    name: str
    kind: str
    door: str  # or how else it is known that they are in
    at: dt.datetime
    host: str = ""
    firm: str = ""
    out: bool = False  # a visitor who is not signed out, but whose last door led out


@dataclass(frozen=True, slots=True)
class Place:
    """An area of a site, or the site itself for those whom no door saw, with its people by name."""

    name: str
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class SiteCall:
    """A site's roll-call."""

    site: Site
    places: Sequence[Place]

    @property
    def count(self) -> int:
        """How many are in, those left out whose last door led out."""
        return sum(not person.out for place in self.places for person in place.people)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where a holder was last seen."""

    at: dt.datetime
    inside: bool
    site: int
    area: str
    door: str


def roll_call(now: dt.datetime, *, site: int | None = None) -> list[SiteCall]:
    """Site by site, those without anybody left out. As many queries for a thousand people as for one."""
    sites = {row.pk: row for row in Site.objects.order_by("name") if site in {None, row.pk}}
    seen = _last_seen(now, sites)
    visits = _visits(sites)
    people = {row.pk: row for row in Holder.objects.filter(pk__in={*seen, *visits}).defer("email")}
    names = _names(people.values(), visits.values())
    found: dict[int, dict[str, list[Person]]] = {pk: {} for pk in sites}
    for pk, holder in people.items():
        placed = _placed(holder, seen.get(pk), visits.get(pk), names)
        if placed is not None:
            at, area, person = placed
            found[at].setdefault(area, []).append(person)
    return [
        SiteCall(sites[pk], [Place(area, _by_name(found[pk][area])) for area in sorted(found[pk])])
        for pk in sites
        if found[pk]
    ]


def _by_name(people: Iterable[Person]) -> list[Person]:
    return sorted(people, key=lambda person: (person.out, person.name.casefold(), person.handle))


def _placed(
    holder: Holder, seen: _Seen | None, visit: Visit | None, names: dict[int, str]
) -> tuple[int, str, Person] | None:
    """At which site, in which area, and what is said of them; None for who is not in."""
    name, kind = names.get(holder.handle) or holder.name, holder.get_kind_display()
    if visit is None:
        # A visitor whose visit is over has handed in the badge, whatever the last door was.
        if seen is None or not seen.inside or holder.kind == HolderKind.VISITOR:
            return None
        return seen.site, seen.area, Person(holder.handle, name, kind, seen.door, seen.at)
    since = visit.admitted_at or visit.created_at
    host = (names.get(visit.host.handle) or visit.host.name) if visit.host else ""
    if seen is None or seen.at < since or seen.site != visit.site_id:
        return visit.site_id, "", Person(holder.handle, name, kind, "Reception", since, host, visit.firm)
    out = not seen.inside
    person = Person(holder.handle, name, kind, seen.door, seen.at, host, visit.firm, out)
    return seen.site, seen.area, person


def _visits(sites: dict[int, Site]) -> dict[UUID, Visit]:
    """Holder → their visit that is on."""
    rows = Visit.objects.filter(state=VisitState.ON_SITE, site__in=sites).select_related("holder", "host")
    found = {visit.holder_id: visit for visit in rows.order_by("admitted_at")}
    keys.warm(visit.holder.subject_id for visit in found.values())
    return found


def _names(people: Iterable[Holder], visits: Iterable[Visit]) -> dict[int, str]:
    handles = {holder.handle for holder in people} | {visit.host.handle for visit in visits if visit.host}
    return holder_names.names(handles)


def _last_seen(now: dt.datetime, sites: dict[int, Site]) -> dict[UUID, _Seen]:
    """Holder → where last. What happened later counts more; a count by hand as much as a door."""
    since = {pk: _since(site, now) for pk, site in sites.items()}
    found: dict[UUID, _Seen] = {}
    for holder, seen in [*_doors(since), *_presences(sites)]:
        before = found.get(holder)
        if before is None or seen.at >= before.at:
            found[holder] = seen
    return found


def _since(site: Site, now: dt.datetime) -> dt.datetime:
    midnight = now.astimezone(ZoneInfo(site.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(midnight, now - NIGHT)


def _doors(since: dict[int, dt.datetime]) -> list[tuple[UUID, _Seen]]:
    """The last grant of each credential, at a site's doors since its morning."""
    if not since:
        return []
    granted = AccessEvent.objects.filter(
        granted=True, at__gte=min(since.values()), credential__isnull=False
    ).order_by("credential", "-at", "-id")
    last = list(granted.distinct("credential").values_list("credential", "access_point", "at"))
    points = {
        point.handle: point
        for point in AccessPoint.objects.select_related("door__area").filter(door__area__site__in=since)
    }
    holders = dict(
        Credential.objects.filter(handle__in={credential for credential, _, _ in last}).values_list(
            "handle", "holder_id"
        )
    )
    found = []
    for credential, handle, at in last:
        point, holder = points.get(handle), holders.get(credential or 0)
        if point is None or holder is None or at < since[point.door.area.site_id]:
            continue
        area = point.door.area
        inside = point.side == Side.ENTRY
        found.append((holder, _Seen(at, inside, area.site_id, area.name, point.door.name)))
    return found


def _presences(sites: dict[int, Site]) -> list[tuple[UUID, _Seen]]:
    """Who counts as inside an area that keeps watch, and who was counted out of one by hand."""
    rows = Presence.objects.select_related("area").filter(area__site__in=sites)
    found = []
    for row in rows:
        if row.inside or row.event is None:
            area: Area = row.area
            said = f"counted in {area.name}" if row.inside else "counted out"
            found.append((row.holder_id, _Seen(row.at, row.inside, area.site_id, area.name, said)))
    return found
