"""What doors did, as their readers tell it: kept once under each number, alarms raised and cleared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from access.models import AlarmKind
from access.services import clear_reader_alarm, not_opened, raise_reader_alarm
from ledger import services as ledger
from readers.models import DoorEvent, DoorEventKind, DoorReport, Reader
from readers.refusals import ReaderRefused, Refusal
from readers.selectors import last_door_number
from readers.services.contacts import moment

ALARMS: Final = {
    DoorEventKind.FORCED: AlarmKind.DOOR_FORCED,
    DoorEventKind.HELD_OPEN: AlarmKind.DOOR_HELD_OPEN,
    DoorEventKind.TAMPERED: AlarmKind.READER_TAMPERED,
    DoorEventKind.NO_SECURE_CHANNEL: AlarmKind.NO_SECURE_CHANNEL,
}
OF_GRANTS: Final = {DoorEventKind.OPENED: True, DoorEventKind.NOT_OPENED: False}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it came in; `at_ms` is the reader's clock, `counter` the grant that it followed."""

    number: int
    kind: DoorEventKind
    at_ms: int
    counter: int | None = None


@transaction.atomic
def record_door_events(*, reader: Reader, events: Sequence[Told], now: datetime) -> int:
    """Keep what is new of ascending `events`; returns the last number known. Repeating changes nothing.

    A number that is missing is noted and holds nothing up. Raises ReaderRefused where a known number comes
    with another event: a reader that lost its count would be thought to repeat itself.
    """
    row = Reader.objects.select_for_update(no_key=True).get(handle=reader.handle)  # two requests: in turn
    last = last_door_number(row.handle)
    _refuse_other(row, [told for told in events if told.number <= last])
    new = [told for told in events if told.number > last]
    DoorEvent.objects.bulk_create([_row(row, told, now) for told in new])
    _keep_outcomes(row, new, now)
    for told in new:
        if told.number > last + 1:
            missing: dict[str, object] = {"first": last + 1, "last": told.number - 1}
            ledger.record(
                actor=row.actor,
                verb="door_events_missing",
                subject_kind="reader",
                handle=row.handle,
                data=missing,
            )
        last = told.number
        _alarm(row, told, now)
    _count_out(row, new)  # last: live scans at this area wait from here on
    return last


def _time(told: Told, now: datetime) -> datetime:
    return moment(told.at_ms) or now


def _row(reader: Reader, told: Told, now: datetime) -> DoorEvent:
    return DoorEvent(
        reader_id=reader.handle,
        number=told.number,
        kind=told.kind,
        at=_time(told, now),
        counter=told.counter,
        received_at=now,
    )


def _refuse_other(reader: Reader, repeated: Sequence[Told]) -> None:
    numbers = [told.number for told in repeated]
    known = {
        row.number: (row.kind, row.at, row.counter)
        for row in DoorEvent.objects.filter(reader_id=reader.handle, number__in=numbers)
    }
    for told in repeated:
        if known.get(told.number, (told.kind, moment(told.at_ms), told.counter)) != (
            told.kind,
            moment(told.at_ms),
            told.counter,
        ):
            raise ReaderRefused(Refusal.DOOR_EVENT_DIFFERS)


def _keep_outcomes(reader: Reader, new: Sequence[Told], now: datetime) -> None:
    """Where `scans/outcome` keeps them; the first word stands."""
    reports = [
        DoorReport(reader_id=reader.handle, counter=told.counter, opened=OF_GRANTS[told.kind], at=now)
        for told in new
        if told.kind in OF_GRANTS and told.counter is not None
    ]
    DoorReport.objects.bulk_create(reports, ignore_conflicts=True)


def _count_out(reader: Reader, new: Sequence[Told]) -> None:
    """By what stands as the outcome: the first word, which may be an earlier one."""
    told = [one.counter for one in new if one.kind == DoorEventKind.NOT_OPENED and one.counter is not None]
    if told:
        stayed = DoorReport.objects.filter(reader_id=reader.handle, counter__in=told, opened=False)
        not_opened(reader=reader.handle, counters=list(stayed.values_list("counter", flat=True)))


def _alarm(reader: Reader, told: Told, now: datetime) -> None:
    if told.kind == DoorEventKind.CLOSED:
        clear_reader_alarm(kind=AlarmKind.DOOR_HELD_OPEN, reader=reader.handle)
    elif told.kind in ALARMS:
        raise_reader_alarm(
            kind=ALARMS[told.kind],
            reader=reader.handle,
            at=_time(told, now),
            facts={"number": told.number, "access_point": reader.access_point_id},
        )
