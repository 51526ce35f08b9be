"""Alarms about a person's face: locked out after failing, or an enrolled face that did not open."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from access.models import Alarm, AlarmKind, AlarmState
from access.services.alarm_hints import hint_alarms
from credentials.models import Holder
from ledger import services as ledger

# Of what the wire calls a place ("device:7"), the words under which an alarm keeps it.
PLACES = ("device", "reader")


@transaction.atomic
def raise_face_lockout(*, person: int, where: str, until: dt.datetime) -> bool:
    """The holder of this handle failed too often at `where` ("device:7", "reader:3") and is locked out until
    then; tells whether the alarm is new.

    A lockout that was told already raises nothing more, whether its alarm is open or answered. One that
    reaches further makes an open alarm reach further, and is a new alarm where the last one was answered.
    Raises ValueError for a place that is neither.
    """
    kind, _, handle = where.partition(":")
    if kind not in PLACES or not (handle.isascii() and handle.isdecimal()):
        raise ValueError(f"no place of a lockout: {where!r}")
    facts = {kind: int(handle), "until": int(until.timestamp())}
    last = _last(AlarmKind.FACE_LOCKED_OUT, person)
    if last is not None and last.facts["until"] >= facts["until"]:
        return False
    return _raise(last, AlarmKind.FACE_LOCKED_OUT, person, facts)


@transaction.atomic
def raise_template_unreadable(*, person: int, template: UUID) -> bool:
    """The enrolled face of the holder of this handle did not open; tells whether the alarm is new.

    One that waits for an answer, or is being looked at, is enough for a template.
    """
    facts = {"template": str(template)}
    last = _last(AlarmKind.TEMPLATE_UNREADABLE, person)
    if last is not None and last.state != AlarmState.CLOSED and last.facts == facts:
        return False
    return _raise(last, AlarmKind.TEMPLATE_UNREADABLE, person, facts)


def _last(kind: AlarmKind, person: int) -> Alarm | None:
    # Locked: else an answer at the desk and a fact that is told meanwhile would overwrite each other.
    rows = Alarm.objects.select_for_update(of=("self",)).filter(kind=kind, holder__handle=person)
    return rows.order_by("-found_at").first()


def _raise(last: Alarm | None, kind: AlarmKind, person: int, facts: dict[str, Any]) -> bool:
    """A new alarm, or what is known now told by the one that is open; of two at once the second meets the
    unique index.
    """
    if last is not None and last.state == AlarmState.OPEN:
        last.facts = facts
        last.save(update_fields=["facts"])
        hint_alarms()
        return False
    holder = Holder.objects.filter(handle=person).first()
    if holder is None:
        return False
    now = dt.datetime.now(dt.UTC)
    row = Alarm(kind=kind, holder=holder, at=now, found_at=now, facts=facts)
    Alarm.objects.bulk_create([row], ignore_conflicts=True)
    if not Alarm.objects.filter(pk=row.pk).exists():
        return False
    data = {"alarm": str(row.pk), "kind": str(kind), **facts}
    ledger.record(actor="system", verb="alarm_raised", subject_kind="holder", handle=person, data=data)
    hint_alarms()
    return True
