"""Journals beside real scans: the timeout's race, codes used twice, the revoked, two hand-ins at once."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from access.models import AccessEvent, Alarm, AlarmKind
from access.services import set_area_lockdown
from credentials.models import Credential
from credentials.services import revoke_device
from ledger.models import LedgerEntry
from ledger.verify import verify
from readers.models import JournalQuarantine, Reader, UsedCode
from readers.scanning.asgi import ScanApplication
from readers.services import handin
from tenants import context
from tests.readers.handing import CutOff, cut_off
from tests.scanning.world import BY, World, lay_station, scan


def inside(world: World, work: Callable[[], Any]) -> Any:
    """In the company, for a test without a transaction around it."""
    with context.enter(world.company):
        return work()


async def beside(world: World, work: Callable[[], Any]) -> Any:
    """The same from a test that scans."""

    def held() -> Any:
        try:
            return inside(world, work)
        finally:
            connections.close_all()

    return await sync_to_async(held, thread_sensitive=False)()


def lay_away(world: World, name: str) -> CutOff:
    """Another reader at the same door, cut off."""
    station = inside_transaction(world, lambda: lay_station(world.company, world.point, name))
    return CutOff(world, station, world.point.handle)


def inside_transaction(world: World, work: Callable[[], Any]) -> Any:
    with context.enter(world.company), transaction.atomic():
        return work()


def alarms() -> list[tuple[str, int, int]]:
    rows = Alarm.objects.order_by("at").values_list("kind", "first_event", "second_event")
    return [(kind, first or 0, second or 0) for kind, first, second in rows]


def decided_otherwise() -> list[dict[str, Any]]:
    return [deed.data for deed in LedgerEntry.objects.filter(verb="reader_decided_otherwise")]


async def test_the_server_was_faster_after_all(world: World, app: ScanApplication) -> None:
    """Granted at 310 ms, decided alone at 300 ms: one event, and its own used code is no second use."""
    reader = cut_off(world)
    told = await beside(world, lambda: reader.present(world.code()))
    assert (await scan(app, world.station, told.code, counter=told.counter)).told["granted"]

    def hand_in() -> None:
        assert reader.results() == ["known"]
        event = AccessEvent.objects.get()
        assert (event.granted, event.offline, UsedCode.objects.count()) == (True, False, 1)
        assert not Alarm.objects.exists()
        assert decided_otherwise() == []
        assert reader.row.journal_position == 1
        assert verify(world.company).ok

    await beside(world, hand_in)


async def test_the_journal_was_faster_than_the_late_request(world: World, app: ScanApplication) -> None:
    reader = cut_off(world)
    told = await beside(world, lambda: reader.present(world.code()))
    assert await beside(world, reader.results) == ["recorded"]
    answer = await scan(app, world.station, told.code, counter=told.counter)
    assert (answer.status, answer.told["granted"], answer.reason) == (200, True, "granted")

    def look() -> None:
        assert [event.offline for event in AccessEvent.objects.all()] == [True]
        assert UsedCode.objects.count() == 1
        assert not Alarm.objects.exists()

    await beside(world, look)


async def test_the_server_refused_what_the_reader_let_pass(world: World, app: ScanApplication) -> None:
    """What the server has stands; what the reader did is on record, and the code is used up."""
    reader = cut_off(world)
    told = await beside(world, lambda: reader.present(world.code()))
    await beside(world, lambda: set_area_lockdown(area=world.point.door.area, lockdown=True, by=BY))
    assert (await scan(app, world.station, told.code, counter=told.counter)).reason == "lockdown"

    def hand_in() -> None:
        assert reader.results() == ["known"]
        event = AccessEvent.objects.get()
        assert (event.granted, event.reason) == (False, "lockdown")
        said = {"event": event.pk, "counter": told.counter, "granted": True, "reason": "granted"}
        assert decided_otherwise() == [said]
        assert UsedCode.objects.count() == 1
        assert reader.results() == ["known"]
        assert len(decided_otherwise()) == 1

    await beside(world, hand_in)


async def test_the_reader_refused_what_the_server_granted(world: World, app: ScanApplication) -> None:
    reader = cut_off(world)
    reader.mode = "refuse"
    told = await beside(world, lambda: reader.present(world.code()))
    assert told.reason == "offline_refused"
    assert (await scan(app, world.station, told.code, counter=told.counter)).told["granted"]

    def hand_in() -> None:
        assert reader.results() == ["known"]
        assert AccessEvent.objects.get().granted
        assert [said["reason"] for said in decided_otherwise()] == ["offline_refused"]

    await beside(world, hand_in)


async def test_a_code_used_online_and_offline(world: World, app: ScanApplication) -> None:
    code = await beside(world, world.code)
    assert (await scan(app, world.station, code)).told["granted"]
    away = await beside(world, lambda: lay_away(world, "Away"))

    def hand_in() -> None:
        away.present(code, at_ms=int(time.time() * 1000) + 5)
        assert away.results() == ["recorded"]
        first, second = AccessEvent.objects.order_by("at")
        assert (first.offline, second.offline, second.granted) == (False, True, True)
        assert alarms() == [(AlarmKind.CODE_USED_TWICE, first.pk, second.pk)]
        assert Alarm.objects.get().holder == world.holder
        away.hand_in()
        assert Alarm.objects.count() == 1
        assert verify(world.company).ok

    await beside(world, hand_in)


async def test_online_after_offline_is_a_replay(world: World, app: ScanApplication) -> None:
    away, code = await beside(world, lambda: (lay_away(world, "Away"), world.code()))
    await beside(world, lambda: (away.present(code), away.hand_in()))
    assert (await scan(app, world.station, code)).reason == "replayed"


def test_a_code_used_at_two_doors_that_were_cut_off(world: World) -> None:
    away, other, code = lay_away(world, "One"), lay_away(world, "Two"), world.code()

    def hand_in() -> None:
        at = int(time.time() * 1000)
        away.present(code, at_ms=at + 900)
        other.present(code, at_ms=at)
        # The later one comes first: the alarm tells them in their true order.
        assert away.results() == other.results() == ["recorded"]
        first, second = AccessEvent.objects.order_by("at")
        assert (first.reader, second.reader) == (other.station.handle, away.station.handle)
        assert alarms() == [(AlarmKind.CODE_USED_TWICE, first.pk, second.pk)]

    inside(world, hand_in)


def test_a_reader_that_lets_one_code_pass_twice(world: World) -> None:
    reader, code = cut_off(world), world.code()

    def hand_in() -> None:
        reader.present(code)
        reader.used.clear()
        reader.present(code)
        assert reader.results() == ["recorded", "recorded"]
        first, second = AccessEvent.objects.order_by("counter")
        assert alarms() == [(AlarmKind.CODE_USED_TWICE, first.pk, second.pk)]

    inside(world, hand_in)


@pytest.mark.parametrize("late", [True, False])
def test_a_phone_that_was_revoked(world: World, late: bool) -> None:
    """A pass after the revocation is an alarm; one before it is none, though handed in after it."""
    reader = cut_off(world)

    def hand_in() -> None:
        at = int(time.time() * 1000)
        reader.present(world.code(), at_ms=at + (2000 if late else -2000))
        reader.present("no code")
        revoke_device(device=world.device, reason="lost", by=BY)
        assert reader.results() == ["recorded"] * 2
        event = AccessEvent.objects.get(granted=True)
        expected = [(AlarmKind.PASSED_AFTER_REVOCATION, event.pk, event.pk)] if late else []
        assert alarms() == expected

    inside(world, hand_in)


@pytest.mark.parametrize("kept", [True, False])
def test_a_credential_that_was_revoked(world: World, kept: bool) -> None:
    """When it ended stands in the policy's changes; one whose change is no longer kept ended long ago."""
    reader = cut_off(world)

    def hand_in() -> None:
        told = reader.present(world.code(), at_ms=int(time.time() * 1000))
        Credential.objects.filter(holder=world.holder).update(state="REVOKED")
        with connection.cursor() as cursor:
            if kept:
                cursor.execute("UPDATE ledger_policychange SET at = %s", [timezone.now() + timedelta(1)])
            else:
                cursor.execute("DELETE FROM ledger_policychange")
        assert reader.results() == ["recorded"], told
        assert [kind for kind, *_ in alarms()] == ([] if kept else [AlarmKind.PASSED_AFTER_REVOCATION])

    inside(world, hand_in)


def together(world: World, reader: CutOff, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two processes hand the same in; each waits for the other to have read, as long as it can."""
    gate = threading.Barrier(2)
    original = handin._known

    def known(*args: Any) -> Any:
        found = original(*args)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other one is held by the lock
            gate.wait(1.5)
        return found

    monkeypatch.setattr(handin, "_known", known)

    def one() -> Any:
        try:
            return inside(world, reader.results)
        except IntegrityError as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return [task.result() for task in [pool.submit(one), pool.submit(one)]]


@pytest.fixture
def journal(world: World) -> CutOff:
    reader = cut_off(world)

    def write() -> None:
        reader.present(world.code())
        reader.present(world.code(), facts="{}")
        reader.present(world.code())

    inside(world, write)
    return reader


def test_two_processes_of_one_reader(world: World, journal: CutOff, monkeypatch: pytest.MonkeyPatch) -> None:
    found = together(world, journal, monkeypatch)
    assert sorted(found) == [["known", "facts_differ", "known"], ["recorded", "facts_differ", "recorded"]]

    def look() -> None:
        assert AccessEvent.objects.count() == UsedCode.objects.count() == 2
        assert JournalQuarantine.objects.count() == Alarm.objects.count() == 1
        assert Reader.objects.get().journal_position == 3
        assert verify(world.company).ok

    inside(world, look)


@pytest.fixture
def doubtful(world: World) -> CutOff:
    """A journal of which nothing can be believed: no event keeps two hand-ins apart."""
    reader = cut_off(world)
    inside(world, lambda: reader.present(world.code(), facts="{}"))
    return reader


def test_two_processes_with_what_cannot_be_believed(
    world: World, doubtful: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert together(world, doubtful, monkeypatch) == [["facts_differ"], ["facts_differ"]]
    kept = inside(world, lambda: (JournalQuarantine.objects.count(), Alarm.objects.count()))
    assert kept == (1, 1)


def test_without_the_lock_one_of_them_fails(
    world: World, doubtful: CutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the tests above can fail."""
    monkeypatch.setattr(handin, "_locked", lambda handle: Reader.objects.get(handle=handle))
    assert IntegrityError in together(world, doubtful, monkeypatch)


async def test_a_scan_under_a_number_that_is_being_handed_in(
    world: World, app: ScanApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scan commits after the hand-in has looked and before it writes: planned again, one event."""
    reader = cut_off(world)
    told = await beside(world, lambda: reader.present(world.code()))
    looked, scanned = threading.Event(), threading.Event()
    original = handin._known

    def known(*args: Any) -> Any:
        found = original(*args)
        looked.set()
        assert scanned.wait(10)
        return found

    monkeypatch.setattr(handin, "_known", known)
    handing = asyncio.ensure_future(beside(world, reader.results))
    await asyncio.get_running_loop().run_in_executor(None, looked.wait, 10)
    assert (await scan(app, world.station, told.code, counter=told.counter)).told["granted"]
    scanned.set()
    assert await handing == ["known"]

    def look() -> None:
        assert not AccessEvent.objects.get().offline
        assert not Alarm.objects.exists()
        assert verify(world.company).ok

    await beside(world, look)
