"""Alarms about a phone and two events, found when a reader hands in what it decided without network."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from access.models import Alarm, AlarmKind
from access.services.alarm_hints import hint_alarms
from credentials.models import Device
from ledger import services as ledger


@dataclass(frozen=True, slots=True)
class PhoneAlarm:
    """What was found. `device` is the phone's handle; the events are ids, the later one second, the same one
    twice where one says it all; `at` is the later one's time. Facts: handles and numbers.
    """

    kind: AlarmKind
    device: int
    first_event: int
    second_event: int
    at: dt.datetime
    facts: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def raise_phone_alarms(*, found: Sequence[PhoneAlarm]) -> int:
    """Raise each once, whoever finds it again; a phone that nobody has raises none. Returns how many."""
    holders = dict(
        Device.objects.filter(handle__in={one.device for one in found}).values_list("handle", "holder_id")
    )
    now = dt.datetime.now(dt.UTC)
    rows = [
        Alarm(
            kind=one.kind,
            at=one.at,
            found_at=now,
            holder_id=holders[one.device],
            device=one.device,
            first_event=one.first_event,
            second_event=one.second_event,
            facts=one.facts,
        )
        for one in found
        if one.device in holders
    ]
    Alarm.objects.bulk_create(rows, ignore_conflicts=True)
    new = set(Alarm.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        if row.pk in new:
            events = [row.first_event, row.second_event]
            data = {"alarm": str(row.pk), "kind": str(row.kind), "events": events, **row.facts}
            ledger.record(
                actor="system", verb="alarm_raised", subject_kind="device", handle=row.device, data=data
            )
    if new:
        hint_alarms()
    return len(new)
