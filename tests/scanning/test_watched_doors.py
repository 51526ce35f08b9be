"""Grants whose door stayed shut lead nobody into an area: the reader gave up, or could not open."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from access.models import Alarm, AlarmKind
from readers.models import DoorEventKind, Reader
from readers.scanning.asgi import ScanApplication
from readers.services import Told, record_door_events, record_outcome
from tests.readers.handing import CutOff
from tests.scanning.test_watched_handin import away, hand_in, present
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import Station, World, scan


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=2)


async def outcome(hall: Hall, station: Station, counter: int, *, opened: bool) -> None:
    reader = await hall.run(lambda: Reader.objects.get(handle=station.handle))
    told = {"reader": reader, "counter": counter, "opened": opened, "now": timezone.now()}
    await hall.run(lambda: record_outcome(**told))


async def at_door(hall: Hall, station: Station, kind: DoorEventKind, counter: int) -> None:
    event = Told(number=1, kind=kind, at_ms=int(time.time() * 1000), counter=counter)
    reader = await hall.run(lambda: Reader.objects.get(handle=station.handle))
    await hall.run(lambda: record_door_events(reader=reader, events=[event], now=timezone.now()))


async def granted_too_late(app: ScanApplication, hall: Hall) -> CutOff:
    """The server grants what the reader, which has given up, has refused by its own rules."""
    reader = await sync_to_async(away)(hall)
    reader.mode = "refuse"
    told = await hall.run(lambda: reader.present(hall.world.code()))
    assert not told.granted
    assert (await scan(app, hall.front, told.code, counter=told.counter)).reason == "granted"
    return reader


async def test_what_the_reader_refused(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=1)
    reader = await granted_too_late(app, hall)
    assert await hall.inside() == 1
    assert await hand_in(hall, reader) == []
    assert await hall.inside() == 0
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "passback"]


async def test_who_went_in_by_another_door_since_is_inside(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="soft")
    reader = await granted_too_late(app, hall)
    assert await hall.show(app, hall.side) == "granted"
    assert await hand_in(hall, reader) == []
    assert await hall.inside() == 1


async def test_what_came_after_is_handed_in_later(app: ScanApplication, hall: Hall) -> None:
    """The door stayed shut for the first; the second door opened, and its reader tells it last."""
    await hall.ask(passback="hard")
    reader, side = await granted_too_late(app, hall), await sync_to_async(away)(hall, hall.side)
    assert await present(hall, side) == "granted"
    assert await hand_in(hall, reader) == []
    assert await hand_in(hall, side) == []
    assert await hall.inside() == 1
    assert not await hall.run(lambda: Alarm.objects.filter(kind=AlarmKind.ENTERED_TWICE).exists())


@pytest.mark.parametrize("opened", [True, False])
async def test_what_the_reader_says_of_its_door(app: ScanApplication, hall: Hall, opened: bool) -> None:
    await hall.ask(passback="hard")
    assert [await hall.enter(app), await hall.enter(app, 1)] == ["granted", "granted"]
    for _ in range(2):
        await outcome(hall, hall.front, 1, opened=opened)
        assert await hall.inside() == (2 if opened else 1)
    assert await hall.enter(app) == ("passback" if opened else "granted")
    await outcome(hall, hall.front, 1, opened=opened)
    assert await hall.inside() == 2


async def test_a_reader_that_forgot_is_not_counted_out_twice(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    assert await hall.enter(app) == "granted"
    await outcome(hall, hall.front, 1, opened=True)
    await at_door(hall, hall.front, DoorEventKind.NOT_OPENED, 1)  # the first word stands
    assert await hall.inside() == 1


async def test_a_door_that_did_not_open(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    assert await hall.enter(app) == "granted"
    await at_door(hall, hall.side, DoorEventKind.NOT_OPENED, 1)  # the same number of another reader
    assert await hall.inside() == 1
    await at_door(hall, hall.front, DoorEventKind.NOT_OPENED, 1)
    assert await hall.inside() == 0


async def test_a_door_that_did_not_open_told_before_the_journal(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    reader = await sync_to_async(away)(hall)
    assert [await present(hall, reader, 0, ago=9), await present(hall, reader, 1, ago=8)] == ["granted"] * 2
    await at_door(hall, hall.front, DoorEventKind.NOT_OPENED, 1)
    assert await hand_in(hall, reader) == []
    assert await hall.inside() == 1
    assert [await hall.enter(app), await hall.enter(app, 1)] == ["granted", "passback"]
