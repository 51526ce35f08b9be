"""Alarms that the clock finds: a reader that is silent, behind, drifting or without its camera."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection

from access.models import Alarm, AlarmKind, AlarmState
from access.services import clear_reader_alarm, raise_reader_alarm
from readers.models import Reader, ReaderHealth, ReaderState
from readers.selectors import QUIET_AFTER, health_row
from readers.services.contacts import AWAY, is_watched

SILENT_AFTER: Final = timedelta(minutes=3)
BEHIND_AFTER: Final = timedelta(seconds=60)
SYSTEM: Final = "system"
FOUND_HERE: Final = (
    AlarmKind.READER_SILENT,
    AlarmKind.READER_BEHIND,
    AlarmKind.READER_DRIFTING,
    AlarmKind.CAMERA_AWAY,
)
# Since when each active reader lacks a change; another epoch is lacked since its first change.
_BEHIND = """
SELECT r.handle, r.applied_seq, c.seq, p.at
  FROM ledger_policycounter c
  JOIN readers_reader r ON r.state = 'active' AND (r.applied_epoch, r.applied_seq) < (c.epoch, c.seq)
  JOIN LATERAL (SELECT at FROM ledger_policychange
                 WHERE seq <= c.seq AND (seq > r.applied_seq OR (r.applied_epoch < c.epoch AND seq = c.seq))
                 ORDER BY seq LIMIT 1) p ON true
 WHERE c.id = 1
"""


class Standing(NamedTuple):
    """What is so of a reader: since when, and the numbers that go with it."""

    kind: AlarmKind
    since: datetime
    facts: dict[str, int]


def watch_readers(*, now: datetime) -> int:
    """Raise what began and clear what is over; returns how many were raised.

    What a person closed while it still was so stays closed until it was over once: `at` says which time it
    is about. Silence hides no alarm that was raised before it.
    """
    rows = list(Reader.objects.select_related("health"))
    lacking = _lacking()
    stands = {
        (alarm.kind, alarm.reader)
        for alarm in Alarm.objects.filter(kind__in=FOUND_HERE).exclude(state=AlarmState.CLOSED)
    }
    raised = 0
    for row in rows:
        so = list(_so(row, health_row(row), lacking, now))
        for kind in FOUND_HERE:
            if (kind, row.handle) in stands and kind not in {one.kind for one in so}:
                clear_reader_alarm(kind=kind, reader=row.handle)
        for one in so:
            if (one.kind, row.handle) not in stands and _is_over_due(one, row, now):
                raised += _raise(one, row)
    return raised


def _so(
    row: Reader, health: ReaderHealth | None, lacking: dict[int, Standing], now: datetime
) -> Iterator[Standing]:
    if row.state != ReaderState.ACTIVE:
        return
    if row.last_heard is not None and now - row.last_heard > SILENT_AFTER and is_watched(row, health):
        yield Standing(AlarmKind.READER_SILENT, row.last_heard, {})
    if row.handle in lacking:
        yield lacking[row.handle]
    if health is None:
        return
    if health.drifting_since is not None:
        yield Standing(AlarmKind.READER_DRIFTING, health.drifting_since, {"seconds": health.drift_ms // 1000})
    if health.camera == AWAY and health.camera_since is not None:
        yield Standing(AlarmKind.CAMERA_AWAY, health.camera_since, {})


def _is_over_due(one: Standing, row: Reader, now: datetime) -> bool:
    """Behind is one that had a minute for a change and is heard: a silent one is silent."""
    if one.kind != AlarmKind.READER_BEHIND:
        return True
    heard = row.last_heard is not None and now - row.last_heard <= QUIET_AFTER
    return heard and now - one.since > BEHIND_AFTER


def _lacking() -> dict[int, Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND)
        return {
            handle: Standing(AlarmKind.READER_BEHIND, since, {"applied": applied, "newest": newest})
            for handle, applied, newest, since in cursor.fetchall()
        }


def _raise(one: Standing, row: Reader) -> bool:
    answered = Alarm.objects.filter(kind=one.kind, reader=row.handle, at=one.since, state=AlarmState.CLOSED)
    if answered.exclude(answered_by=SYSTEM).exists():
        return False
    return raise_reader_alarm(kind=one.kind, reader=row.handle, at=one.since, facts=dict(one.facts))
