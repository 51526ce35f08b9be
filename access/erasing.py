"""What erasing leaves of a person at the doors: the door record by numbers, without rights or presence."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from access.models import AccessEvent, AccessGrant, Alarm, AlarmNote, Presence, SecondEntry
from credentials.models import Credential, Holder
from vault.holdings import Item, eraser

RECORD = "Art. 17(3)(b), (e) GDPR: the door record keeps time, door, result and a number that leads to nobody"
ALARMS = "Art. 17(3)(e) GDPR: an alarm keeps times and numbers, without its notes"


@eraser("access", title="Rights, presence and alarms", order=20)
class AccessEraser:
    """Events are never touched: the record stays whole."""

    def plan(self, subject: UUID) -> list[Item]:
        found = [Item(what, rows.count()) for what, rows in _rows(subject)]
        return [item for item in found if item.count] + _staying(subject)

    def obstacles(self, subject: UUID) -> list[str]:
        return []

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        gone = [Item(what, rows.delete()[0]) for what, rows in _rows(subject)]
        return [item for item in gone if item.count] + _staying(subject)


def _rows(subject: UUID) -> list[tuple[str, QuerySet[Any]]]:
    # By id: presence and second entries have no foreign key in the database, and are found without a join.
    holders = list(Holder.objects.filter(subject=subject).values_list("pk", flat=True))
    return [
        ("Access levels granted", AccessGrant.objects.filter(holder__in=holders)),
        ("Where the person was last seen", Presence.objects.filter(holder__in=holders)),
        ("Second entries to be told of", SecondEntry.objects.filter(holder__in=holders)),
        ("Notes on alarms", AlarmNote.objects.filter(alarm__in=Alarm.objects.filter(holder__in=holders))),
    ]


def _staying(subject: UUID) -> list[Item]:
    credentials = list(Credential.objects.filter(holder__subject=subject).values_list("handle", flat=True))
    counts = [
        ("Door events", AccessEvent.objects.filter(credential__in=credentials).count(), RECORD),
        ("Alarms", Alarm.objects.filter(holder__subject=subject).count(), ALARMS),
    ]
    return [Item(what, count, goes=False, ground=ground) for what, count, ground in counts if count]
