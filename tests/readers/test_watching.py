"""What the clock finds: silent, behind, drifting, camera away; raised once, cleared when it is over."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Alarm, AlarmKind, AlarmState
from access.services import close_alarm
from ledger.models import PolicyChange
from ledger.services import current_policy
from readers import services
from readers.models import Reader, ReaderHealth, ReaderKind
from readers.services import contacts
from readers.tasks import watch_company
from tenants.refs import CompanyRef
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend

NOW = timezone.now()
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture
def row(dora: Pretend) -> Reader:
    """Dora, a program, up to date and heard now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    epoch, seq = current_policy()
    Reader.objects.update(applied_epoch=epoch, applied_seq=seq, last_heard=NOW)
    return Reader.objects.get()


def watch(after: dt.timedelta = dt.timedelta()) -> set[str]:
    """The alarms that stand after a look at that time."""
    services.watch_readers(now=NOW + after)
    return set(Alarm.objects.exclude(state=AlarmState.CLOSED).values_list("kind", flat=True))


def heard(after: dt.timedelta) -> None:
    Reader.objects.update(last_heard=NOW + after)


def health(row: Reader, **said: Any) -> None:
    ReaderHealth.objects.update_or_create(reader=row, defaults=said)


def test_all_is_well(row: Reader) -> None:
    assert watch() == set()
    assert watch(3 * MINUTES) == set()


def test_silence_is_an_alarm_that_ends_with_it(row: Reader) -> None:
    assert watch(3.1 * MINUTES) == {AlarmKind.READER_SILENT}
    assert watch(9 * MINUTES) == {AlarmKind.READER_SILENT}
    alarm = Alarm.objects.get()
    assert (alarm.reader, alarm.at) == (row.handle, NOW)
    heard(10 * MINUTES)
    assert watch(10 * MINUTES) == set()
    assert Alarm.objects.get().answered_by == "system"
    assert watch(14 * MINUTES) == {AlarmKind.READER_SILENT}
    assert Alarm.objects.count() == 2


def test_what_a_person_closed_stays_closed_until_it_was_over(row: Reader) -> None:
    watch(4 * MINUTES)
    close_alarm(alarm=Alarm.objects.get(), finding="MENDED", by=BY)
    assert watch(5 * MINUTES) == set()
    heard(6 * MINUTES)
    assert watch(10 * MINUTES) == {AlarmKind.READER_SILENT}


@pytest.mark.parametrize(
    ("kind", "watched", "told"),
    [
        (ReaderKind.PROGRAM, None, True),
        (ReaderKind.PROGRAM, False, False),
        (ReaderKind.BROWSER, None, False),
        (ReaderKind.BROWSER, True, True),
    ],
)
def test_silence_counts_where_it_is_watched(row: Reader, kind: str, watched: bool | None, told: bool) -> None:
    Reader.objects.update(kind=kind)
    if watched is not None:
        services.watch_reader(reader=Reader.objects.get(), watched=watched, by=BY)
    assert watch(4 * MINUTES) == ({AlarmKind.READER_SILENT} if told else set())


def test_one_that_is_suspended_or_was_never_heard_is_not_silent(row: Reader) -> None:
    watch(4 * MINUTES)
    services.suspend_reader(reader=row, by=BY)
    assert watch(4 * MINUTES) == set()
    services.resume_reader(reader=row, by=BY)
    Reader.objects.update(last_heard=None)
    assert watch(4 * MINUTES) == set()


def change(at: dt.datetime) -> None:
    """The policy moves by one at that time."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_policycounter SET seq = seq + 1 RETURNING seq")
        PolicyChange.objects.create(seq=cursor.fetchone()[0], kind="device", handle=1, at=at)


def test_behind_is_one_that_had_a_minute_and_is_heard(row: Reader) -> None:
    change(NOW)
    assert watch(dt.timedelta(seconds=59)) == set()
    assert watch(dt.timedelta(seconds=61)) == {AlarmKind.READER_BEHIND}
    alarm = Alarm.objects.get()
    assert alarm.facts == {"applied": row.applied_seq, "newest": row.applied_seq + 1}
    assert alarm.at == NOW
    change(NOW + MINUTES)
    Reader.objects.update(applied_seq=row.applied_seq + 1)
    assert watch(1.5 * MINUTES) == {AlarmKind.READER_BEHIND}
    Reader.objects.update(applied_seq=row.applied_seq + 2)
    assert watch(1.5 * MINUTES) == set()


def test_a_page_is_looked_at_as_a_program_is(row: Reader) -> None:
    Reader.objects.update(kind=ReaderKind.BROWSER)
    health(row, camera="away", camera_since=NOW, drift_ms=31_000, drifting_since=NOW)
    change(NOW)
    assert watch(dt.timedelta(seconds=61)) == {
        AlarmKind.READER_BEHIND,
        AlarmKind.READER_DRIFTING,
        AlarmKind.CAMERA_AWAY,
    }


def test_one_that_is_silent_is_not_behind_as_well(row: Reader) -> None:
    heard(-2 * MINUTES)
    change(NOW)
    assert watch(2 * MINUTES) == {AlarmKind.READER_SILENT}


def test_an_older_epoch_is_behind(row: Reader) -> None:
    PolicyChange.objects.filter(seq=row.applied_seq).update(at=NOW)
    Reader.objects.update(applied_epoch=row.applied_epoch - 1)
    assert watch(dt.timedelta(seconds=61)) == {AlarmKind.READER_BEHIND}


def test_a_clock_that_drifts_and_comes_back(row: Reader) -> None:
    health(row, drift_ms=31_000, drifting_since=NOW)
    assert watch() == {AlarmKind.READER_DRIFTING}
    assert Alarm.objects.get().facts == {"seconds": 31}
    health(row, drift_ms=2, drifting_since=None)
    assert watch() == set()


def test_thirty_seconds_either_way_is_not_drift(row: Reader) -> None:
    kept = ReaderHealth(reader=row)
    for seconds, drifts in ((30, False), (-30, False), (31, True), (-31, True), (0, False)):
        contacts.note_drift(kept, int((NOW.timestamp() + seconds) * 1000), NOW)
        assert (kept.drifting_since is not None) is drifts


def test_a_camera_that_goes_and_comes(row: Reader) -> None:
    health(row, camera="away", camera_since=NOW)
    assert watch() == {AlarmKind.CAMERA_AWAY}
    health(row, camera="ready", camera_since=NOW + MINUTES)
    assert watch() == set()


def test_looking_costs_the_same_however_many_there_are(row: Reader, in_acme: CompanyRef) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            services.watch_readers(now=NOW)
        return len(captured)

    few = queries()
    point = lay_door("Dock")
    for number in range(5):
        lay_reader(in_acme, f"Reader {number}", point)
    assert queries() == few


def test_the_task_looks_at_the_company(row: Reader) -> None:
    Reader.objects.update(last_heard=NOW - 4 * MINUTES)
    assert watch_company() == 1
