"""Finding alarms in new events, after they were written; acknowledging and closing them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from django.db import transaction

from access.models import (
    AccessEvent,
    Alarm,
    AlarmKind,
    AlarmNote,
    AlarmState,
    AlarmWatch,
    Finding,
    Site,
    SiteTravel,
)
from access.services.alarm_hints import hint_alarms
from access.travel import DEFAULT_MINUTES, Travel, pair_of
from credentials.models import Credential, Device
from ledger import services as ledger
from vault.fields import SubjectErased

CHUNK: Final = 1000
# A scan is written within seconds of its id, or its transaction is ended by the database's own limits.
SETTLED: Final = dt.timedelta(seconds=60)
FIRST_LOOK: Final = dt.timedelta(hours=1)


class Passed(NamedTuple):
    """A grant, as far as it is compared."""

    at: dt.datetime
    id: int
    device: int
    access_point: int


@transaction.atomic
def find_alarms(*, now: dt.datetime) -> int:
    """Look through the events since the last look; returns how many alarms were raised.

    The watch's row is locked: two looks at once would each raise the same alarm.
    """
    watch = _watch(now)
    travel = Travel.load()
    found, mark = 0, watch.mark
    while chunk := _granted_after(mark):
        mark = chunk[-1].id
        found += _raise(_too_far_apart(chunk, travel), travel, now)
    if now - watch.next_at >= SETTLED:
        watch.mark, watch.next_mark, watch.next_at = watch.next_mark, max(mark, watch.next_mark), now
        watch.save()
    return found


def _watch(now: dt.datetime) -> AlarmWatch:
    before = AccessEvent.objects.filter(at__lt=now - FIRST_LOOK).order_by("-at").values_list("id", flat=True)
    watch = AlarmWatch.objects.select_for_update().filter(pk=1).first()
    if watch is None:
        mark = before.first() or 0
        AlarmWatch.objects.get_or_create(pk=1, defaults={"mark": mark, "next_mark": mark, "next_at": now})
        watch = AlarmWatch.objects.select_for_update().get(pk=1)
    return watch


def _rows(events: Iterable[tuple[dt.datetime, int, int | None, int]]) -> list[Passed]:
    return [Passed(at, pk, device, point) for at, pk, device, point in events if device]


def _granted_after(mark: int) -> list[Passed]:
    # A day pass has no device: its handle is 0.
    new = AccessEvent.objects.filter(id__gt=mark, granted=True, device__gt=0).order_by("id")
    return _rows(new.values_list("at", "id", "device", "access_point")[:CHUNK])


def _neighbours(chunk: Sequence[Passed], longest: dt.timedelta) -> list[Passed]:
    """What the phones of the chunk were granted around it.

    By their holders' credentials, old ones too: events are indexed by credential and not by device.
    """
    devices = {passed.device for passed in chunk}
    holders = Device.objects.filter(handle__in=devices).values("holder_id")
    credentials = Credential.objects.filter(holder_id__in=holders).values_list("handle", flat=True)
    times = [passed.at for passed in chunk]
    near = AccessEvent.objects.filter(
        credential__in=list(credentials),
        device__in=devices,
        granted=True,
        at__range=(min(times) - longest, max(times) + longest),
    )
    return _rows(near.order_by().values_list("at", "id", "device", "access_point"))


def _too_far_apart(chunk: Sequence[Passed], travel: Travel) -> list[tuple[Passed, Passed]]:
    """Each two grants of one phone, one after the other, between which nobody can have travelled."""
    if len(set(travel.sites.values())) < 2:
        return []
    by_device: dict[int, set[Passed]] = defaultdict(set)
    for passed in [*chunk, *_neighbours(chunk, travel.longest)]:
        by_device[passed.device].add(passed)
    found = []
    for grants in by_device.values():
        for first, second in pairwise(sorted(grants)):
            least = travel.least(first.access_point, second.access_point)
            if least is not None and second.at - first.at < least:
                found.append((first, second))
    return found


def _raise(pairs: Sequence[tuple[Passed, Passed]], travel: Travel, now: dt.datetime) -> int:
    later = [second.id for _, second in pairs]
    of_kind = Alarm.objects.filter(kind=AlarmKind.TOO_FAR_APART, second_event__in=later)
    known = set(of_kind.values_list("first_event", "second_event"))
    new = [pair for pair in pairs if (pair[0].id, pair[1].id) not in known]
    devices = Device.objects.filter(handle__in={first.device for first, _ in new})
    holders = dict(devices.values_list("handle", "holder_id"))
    for first, second in new:
        least = travel.least(first.access_point, second.access_point)
        facts = {
            "access_points": [first.access_point, second.access_point],
            "seconds": int((second.at - first.at).total_seconds()),
            "least_seconds": int(least.total_seconds()) if least else 0,
        }
        alarm = Alarm.objects.create(
            kind=AlarmKind.TOO_FAR_APART,
            at=second.at,
            found_at=now,
            holder_id=holders[first.device],
            device=first.device,
            first_event=first.id,
            second_event=second.id,
            facts=facts,
        )
        data = {"alarm": str(alarm.pk), "kind": alarm.kind, "events": [first.id, second.id], **facts}
        ledger.record(
            actor="system", verb="alarm_raised", subject_kind="device", handle=first.device, data=data
        )
    if new:
        hint_alarms()
    return len(new)


@transaction.atomic
def acknowledge_alarm(*, alarm: Alarm, by: str, note: str = "", finding: str = "") -> None:
    """Say that the alarm is being looked at, and what is known. One that is no longer open stays as it is."""
    row = _locked(alarm)
    if row.state == AlarmState.OPEN:
        _answer(row, AlarmState.ACKNOWLEDGED, _Said(note, finding), by)


@transaction.atomic
def close_alarm(*, alarm: Alarm, by: str, note: str = "", finding: str = "") -> None:
    """Say that nothing more is to be done. A closed one stays as it is.

    `note` is for an alarm about a phone or a person, `finding` (a `Finding`) for one about a reader: only
    that is kept.
    """
    row = _locked(alarm)
    if row.state != AlarmState.CLOSED:
        _answer(row, AlarmState.CLOSED, _Said(note, finding), by)


class _Said(NamedTuple):
    """What one found who answers."""

    note: str
    finding: str


def _locked(alarm: Alarm) -> Alarm:
    # Of two who answer at once the second finds it answered.
    rows = Alarm.objects.select_for_update(of=("self",)).select_related("holder__subject")  # may have none
    return rows.get(pk=alarm.pk)


def _answer(row: Alarm, state: AlarmState, said: _Said, by: str) -> None:
    now = dt.datetime.now(dt.UTC)
    row.state, row.answered_by, row.answered_at = state, by, now
    if row.holder is None and said.finding:
        row.finding = Finding(said.finding)
    row.save(update_fields=["state", "answered_by", "answered_at", "finding"])
    kept = _keep_note(row, said.note.strip(), by, now)
    data = {"alarm": str(row.pk)} | ({"finding": str(row.finding)} if row.finding else {})
    kind, handle = row.about
    ledger.record(
        actor=by,
        verb="alarm_acknowledged" if state == AlarmState.ACKNOWLEDGED else "alarm_closed",
        subject_kind=kind,
        handle=handle,
        data=data,
        subject=row.holder.subject if row.holder and kept else None,
        payload={"note": kept} if kept else None,
    )
    hint_alarms()


def _keep_note(row: Alarm, note: str, by: str, now: dt.datetime) -> str:
    """The note as it was kept; none where no person's key is there to hide it with."""
    if not note or row.holder is None:
        return ""
    try:
        with transaction.atomic():
            AlarmNote.objects.create(alarm=row, at=now, by=by, text=note)
    except SubjectErased:
        return ""
    return note


@transaction.atomic
def set_travel(*, minutes: Mapping[tuple[int, int], int], by: str) -> None:
    """Say the least travel time of pairs of sites, in minutes; a pair that is left out keeps its own."""
    # One at a time: the last one's times stand whole.
    list(Site.objects.select_for_update().order_by("pk"))
    stored = {(row.one_id, row.other_id): row for row in SiteTravel.objects.all()}
    changed = {}
    for (one, other), value in minutes.items():
        pair = pair_of(one, other)
        row = stored.get(pair) or SiteTravel(one_id=pair[0], other_id=pair[1], minutes=DEFAULT_MINUTES)
        if row.minutes == value:
            continue
        row.minutes = value
        row.full_clean()
        row.save()
        changed[f"{pair[0]}-{pair[1]}"] = value
    if changed:
        ledger.record(actor=by, verb="site_travel_set", subject_kind="site", data=changed)
