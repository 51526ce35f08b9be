"""Building the building: every deed is one transaction with its ledger entry."""

import datetime as dt
from typing import Any

from django.db import transaction

from access.models import AccessPoint, Area, Door, DoorMode, Schedule, Side, Site, SpecialDay
from ledger import services as ledger

_ASKS = (
    "unlock_age_minutes",
    "door_challenge",
    "equal_way",
    "face_match",
    "offline_mode",
    "offline_trust_hours",
    "passback",
    "passback_minutes",
    "capacity",
    "empty_at_hour",
)


def _changes(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What of `values` differs from the row, as the ledger tells it (ids for rows)."""
    told = {}
    for name, value in values.items():
        if getattr(row, name) != value:
            told[name] = getattr(value, "pk", value)
    return told


def _edit(*, row: Any, kind: str, by: str, values: dict[str, Any]) -> None:
    changed = _changes(row, values)
    if not changed:
        return
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=list(values))  # an area may be emptied while its form is open
    ledger.record(actor=by, verb=f"{kind}_edited", subject_kind=kind, handle=row.pk, data=changed)


@transaction.atomic
def add_site(*, name: str, time_zone: str, address: str = "", by: str) -> Site:
    site = Site(name=name, time_zone=time_zone, address=address)
    site.full_clean()
    site.save()
    ledger.record(actor=by, verb="site_added", subject_kind="site", handle=site.pk, data={"zone": time_zone})
    return site


@transaction.atomic
def edit_site(*, site: Site, by: str, **values: Any) -> None:
    _edit(row=site, kind="site", by=by, values=values)


@transaction.atomic
def add_special_day(*, site: Site, date: dt.date, name: str, by: str) -> SpecialDay:
    day = SpecialDay(site=site, date=date, name=name)
    day.full_clean()
    day.save()
    data = {"site": site.pk, "date": date.isoformat()}
    ledger.record(actor=by, verb="special_day_added", subject_kind="site", handle=site.pk, data=data)
    return day


@transaction.atomic
def remove_special_day(*, day: SpecialDay, by: str) -> None:
    data = {"site": day.site_id, "date": day.date.isoformat()}
    ledger.record(actor=by, verb="special_day_removed", subject_kind="site", handle=day.site_id, data=data)
    day.delete()


@transaction.atomic
def add_area(
    *,
    site: Site,
    name: str,
    assurance: int,
    by: str,
    **asks: Any,
) -> Area:
    """`asks`: what else the area's doors ask for, and what they do without network (`_ASKS`)."""
    area = Area(site=site, name=name, assurance=assurance, hour_chosen_at=dt.datetime.now(dt.UTC), **asks)
    area.full_clean()
    area.save()
    data = {"site": site.pk, "assurance": int(assurance), **{name: getattr(area, name) for name in _ASKS}}
    ledger.record(actor=by, verb="area_added", subject_kind="area", handle=area.pk, data=data)
    return area


@transaction.atomic
def edit_area(*, area: Area, by: str, **values: Any) -> None:
    """Change what the area asks for. A new hour of emptying is first due when it comes."""
    other = "empty_at_hour" in values and values["empty_at_hour"] != area.empty_at_hour
    _edit(row=area, kind="area", by=by, values=values)
    if other:
        area.hour_chosen_at = dt.datetime.now(dt.UTC)
        area.save(update_fields=["hour_chosen_at"])


@transaction.atomic
def add_door(
    *,
    area: Area,
    name: str,
    by: str,
    mode: str = DoorMode.NORMAL,
    unlock_schedule: Schedule | None = None,
) -> Door:
    """A door always comes with its entry side; the exit side is added where it has a reader of its own."""
    door = Door(area=area, name=name, mode=mode, unlock_schedule=unlock_schedule)
    door.full_clean()
    door.save()
    ledger.record(actor=by, verb="door_added", subject_kind="door", handle=door.pk, data={"area": area.pk})
    add_access_point(door=door, side=Side.ENTRY, by=by)
    return door


@transaction.atomic
def edit_door(*, door: Door, by: str, **values: Any) -> None:
    _edit(row=door, kind="door", by=by, values=values)


@transaction.atomic
def add_access_point(*, door: Door, side: str, by: str) -> AccessPoint:
    point = AccessPoint(handle=ledger.next_handle("access_point"), door=door, side=side)
    point.full_clean()
    point.save()
    data = {"door": door.pk, "side": str(side)}
    ledger.record(
        actor=by, verb="access_point_added", subject_kind="access_point", handle=point.handle, data=data
    )
    return point


@transaction.atomic
def set_area_lockdown(*, area: Area, lockdown: bool, by: str) -> None:
    """A lockdown refuses everybody at every door of the area from the next scan on."""
    area = Area.objects.select_for_update().get(pk=area.pk)
    if area.lockdown == lockdown:
        return
    area.lockdown = lockdown
    area.save(update_fields=["lockdown"])
    verb = "lockdown_begun" if lockdown else "lockdown_ended"
    ledger.record(actor=by, verb=verb, subject_kind="area", handle=area.pk)


@transaction.atomic
def set_door_lockdown(*, door: Door, lockdown: bool, by: str) -> None:
    """Ending it leaves the door as its schedule says: unlocked by schedule where it has one, else normal."""
    door = Door.objects.select_for_update(of=("self",)).get(pk=door.pk)
    if (door.mode == DoorMode.LOCKDOWN) == lockdown:
        return
    if lockdown:
        door.mode = DoorMode.LOCKDOWN
    else:
        door.mode = DoorMode.UNLOCKED_BY_SCHEDULE if door.unlock_schedule_id else DoorMode.NORMAL
    door.save(update_fields=["mode"])
    verb = "lockdown_begun" if lockdown else "lockdown_ended"
    ledger.record(actor=by, verb=verb, subject_kind="door", handle=door.pk)
