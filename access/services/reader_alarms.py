"""Alarms about a reader: raised when something is found, closed by themselves when it is over."""

import datetime as dt
from typing import Any

from django.db import transaction

from access.models import Alarm, AlarmKind, AlarmState
from access.services.alarm_hints import hint_alarms
from ledger import services as ledger

SYSTEM = "system"


@transaction.atomic
def raise_reader_alarm(*, kind: AlarmKind, reader: int, at: dt.datetime, facts: dict[str, Any]) -> bool:
    """Raise it unless one of its kind stands already; tells whether it is new. Facts: handles and numbers.

    `at` is when it began. Of two who find the same at once the second meets the unique index.
    """
    row = Alarm(kind=kind, reader=reader, at=at, found_at=dt.datetime.now(dt.UTC), facts=facts)
    if not Alarm.objects.bulk_create([row], ignore_conflicts=True) or not _stored(row):
        return False
    ledger.record(
        actor=SYSTEM,
        verb="alarm_raised",
        subject_kind="reader",
        handle=reader,
        data={"alarm": str(row.pk), "kind": str(kind), **facts},
    )
    hint_alarms()
    return True


def _stored(row: Alarm) -> bool:
    return Alarm.objects.filter(pk=row.pk).exists()


@transaction.atomic
def clear_reader_alarm(*, kind: AlarmKind, reader: int) -> bool:
    """Close the alarm of this kind that stands, since what it told of is over; tells whether one stood."""
    rows = Alarm.objects.select_for_update().filter(kind=kind, reader=reader).exclude(state=AlarmState.CLOSED)
    row = rows.first()
    if row is None:
        return False
    row.state, row.answered_by, row.answered_at = AlarmState.CLOSED, SYSTEM, dt.datetime.now(dt.UTC)
    row.save(update_fields=["state", "answered_by", "answered_at"])
    data = {"alarm": str(row.pk), "kind": str(kind)}
    ledger.record(actor=SYSTEM, verb="alarm_closed", subject_kind="reader", handle=reader, data=data)
    hint_alarms()
    return True
