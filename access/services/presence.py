"""Who is inside: counting people out by hand or by the clock, and telling of second entries."""

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from typing import Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from access.models import AccessEvent, AlarmKind, Area, Presence, SecondEntry
from access.policy import LOCK_AREA
from access.selectors import people_inside
from access.services.phone_alarms import PhoneAlarm, raise_phone_alarms
from credentials.models import Credential, Holder, HolderState
from ledger import services as ledger
from tenants import context

SYSTEM: Final = "system"
MOST_AT_ONCE: Final = 1_000

logger = logging.getLogger(__name__)


def lock_areas(areas: Iterable[int]) -> None:
    """Nobody goes in or out until the transaction ends: the lock and the order of `commit_watched`."""
    company = context.current().id
    with connection.cursor() as cursor:
        for area in sorted(set(areas)):
            cursor.execute(LOCK_AREA, [company, area])


def areas_of(events: Collection[int]) -> set[int]:
    """The areas into which these events have led somebody who is inside by them."""
    return set(_inside_by(events).values_list("area", flat=True)) if events else set()


def count_out(events: Collection[int]) -> None:
    """Take out whom these events have led in: their door stayed shut. Under the locks of `areas_of`.

    The time stays that of the event: what happened before it moves nobody in again, what came after it does.
    """
    if events:
        _inside_by(events).update(inside=False, event=None)


def _inside_by(events: Collection[int]) -> QuerySet[Presence]:
    credentials = AccessEvent.objects.filter(pk__in=events).values("credential")
    holders = Credential.objects.filter(handle__in=credentials).values("holder")
    return Presence.objects.filter(holder__in=holders, event__in=events, inside=True)


@transaction.atomic
def not_opened(*, reader: int, counters: Collection[int]) -> None:
    """The door stayed shut after these grants: whom they led into an area that keeps watch is not inside."""
    granted = AccessEvent.objects.filter(reader=reader, counter__in=counters, granted=True)
    events = list(granted.values_list("pk", flat=True))
    areas = areas_of(events)
    if areas:
        lock_areas(areas)
        count_out(events)


@transaction.atomic
def forgive(*, area: Area, holder: Holder, by: str) -> bool:
    """Count one holder out, who left without a code; tells whether the holder was inside."""
    lock_areas([area.pk])
    now = dt.datetime.now(dt.UTC)
    row = Presence.objects.filter(area=area, holder=holder, inside=True)
    if not row.update(inside=False, at=now, event=None):
        return False
    data = {"area": area.pk}
    ledger.record(actor=by, verb="presence_forgiven", subject_kind="holder", handle=holder.handle, data=data)
    return True


@transaction.atomic
def empty_area(*, area: Area, by: str, now: dt.datetime | None = None) -> int:
    """Count everybody out: after a fire drill. Returns how many were inside.

    What a reader hands in later from before this moves nobody in again.
    """
    lock_areas([area.pk])
    now = now or dt.datetime.now(dt.UTC)
    return _empty(area, Presence.objects.filter(area=area, inside=True), now, by)


def _empty(area: Area, rows: QuerySet[Presence], at: dt.datetime, by: str) -> int:
    out = rows.update(inside=False, at=at, event=None)
    Area.objects.filter(pk=area.pk).update(emptied_at=at)
    ledger.record(actor=by, verb="area_emptied", subject_kind="area", handle=area.pk, data={"people": out})
    return out


@transaction.atomic
def count_out_barred(*, area: Area, by: str) -> int:
    """Count those out who have nothing any more that opens a door; returns how many there were."""
    lock_areas([area.pk])
    now = dt.datetime.now(dt.UTC)
    barred = people_inside(area, now, barred_only=True).values_list("pk", flat=True)
    out = Presence.objects.filter(pk__in=list(barred)).update(inside=False, at=now, event=None)
    if out:
        data = {"people": out}
        ledger.record(actor=by, verb="barred_counted_out", subject_kind="area", handle=area.pk, data=data)
    return out


def count_out_gone() -> int:
    """Count out who was off-boarded while inside: no code of theirs takes them out. Returns how many.

    Not in the deed itself, which holds the person's row while scans hold areas and wait for such rows.
    """
    gone = Presence.objects.filter(inside=True, holder__state=HolderState.OFFBOARDED)
    rows = list(gone.select_related("area", "holder")[:MOST_AT_ONCE])
    return sum(forgive(area=row.area, holder=row.holder, by=SYSTEM) for row in rows)


def empty_due_areas(*, now: dt.datetime) -> int:
    """Empty the areas whose hour has come since they were last emptied; returns how many were.

    One that is locked at the moment stops no other: its turn comes again.
    """
    emptied = 0
    for area in Area.objects.filter(empty_at_hour__isnull=False).select_related("site"):
        hour = _last_hour(area, now)
        if not area.keeps_watch or not _due(area, hour):
            continue
        try:
            emptied += _empty_as_of(area, hour)
        except DatabaseError as error:
            logger.warning("an area could not be emptied: %s", type(error).__name__)
    return emptied


def _due(area: Area, hour: dt.datetime) -> bool:
    """Whether the hour came after the last emptying, and after it was chosen to be the hour."""
    return all(moment is None or moment < hour for moment in (area.emptied_at, area.hour_chosen_at))


@transaction.atomic
def _empty_as_of(area: Area, hour: dt.datetime) -> bool:
    """As if it had been done at the hour: who came in after it, and stands in the record so, stays inside."""
    lock_areas([area.pk])
    fresh = Area.objects.select_related("site").get(pk=area.pk)
    if fresh.empty_at_hour != area.empty_at_hour or not _due(fresh, hour):
        return False
    _empty(area, Presence.objects.filter(area=area, inside=True, at__lt=hour), hour, SYSTEM)
    return True


def _last_hour(area: Area, now: dt.datetime) -> dt.datetime:
    """When it was last the area's hour at its site; one that a change of clocks skips is the one after."""
    local = now.astimezone(ZoneInfo(area.site.time_zone))
    hour = local.replace(hour=area.empty_at_hour or 0, minute=0, second=0, microsecond=0)
    return hour if hour <= local else hour - dt.timedelta(days=1)


@transaction.atomic
def tell_second_entries() -> int:
    """Raise an alarm for each second entry that was let in since the last look; returns how many."""
    rows = list(SecondEntry.objects.select_for_update(skip_locked=True)[:MOST_AT_ONCE])
    found = [
        PhoneAlarm(
            AlarmKind.ENTERED_TWICE,
            row.device,
            row.first_event,
            row.second_event,
            row.at,
            {"access_point": row.access_point, "area": row.area_id},
        )
        for row in rows
    ]
    raised = raise_phone_alarms(found=found) if found else 0
    SecondEntry.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return raised
