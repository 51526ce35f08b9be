"""Areas that keep watch while a reader is cut off: what it knows, and who is inside when it has handed in."""

import time

import pytest
from asgiref.sync import sync_to_async

from access import services as building
from access.models import AccessEvent, Alarm, AlarmKind, Presence
from ledger.verify import verify
from readers.models import Reader
from readers.scanning.asgi import ScanApplication
from tenants import context
from tests.readers.handing import CutOff
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import BY, Station, World, scan


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=3)


def away(hall: Hall, station: Station | None = None) -> CutOff:
    """A reader of the hall, cut off."""
    station = station or hall.front
    with context.enter(hall.world.company):
        point = Reader.objects.get(handle=station.handle).access_point
    return CutOff(hall.world, station, point.handle)


def code(hall: Hall, who: int, ago: int) -> str:
    return hall.people[who].code(age=ago)


async def present(hall: Hall, reader: CutOff, who: int = 0, *, ago: int = 0) -> str:
    """Somebody at a reader that is cut off, so many seconds ago; the reason."""
    at_ms = int(time.time() * 1000) - 1000 * ago

    def shown() -> str:
        return reader.present(code(hall, who, ago), at_ms=at_ms).reason

    told: str = await hall.run(shown)
    return told


async def hand_in(hall: Hall, reader: CutOff) -> list[tuple[int, int]]:
    """What the reader did is told; the pairs of events that alarm."""

    def told() -> list[tuple[int, int]]:
        assert set(reader.results()) <= {"recorded", "known"}
        assert verify(hall.world.company).ok
        alarms = Alarm.objects.filter(kind=AlarmKind.ENTERED_TWICE).order_by("at")
        return [(one.first_event or 0, one.second_event or 0) for one in alarms]

    found: list[tuple[int, int]] = await hall.run(told)
    return found


async def test_alone_a_reader_refuses_whom_it_let_in_itself(hall: Hall) -> None:
    await hall.ask(passback="hard")
    reader = await sync_to_async(away)(hall)
    assert [await present(hall, reader, ago=20), await present(hall, reader, ago=10)] == [
        "granted",
        "passback",
    ]
    assert await present(hall, reader, 1, ago=5) == "granted"
    assert await hand_in(hall, reader) == []
    assert await hall.inside() == 2


async def test_alone_a_reader_counts_whom_it_let_in_itself(hall: Hall) -> None:
    await hall.ask(capacity=2)
    reader = await sync_to_async(away)(hall)
    assert [await present(hall, reader, who) for who in range(3)] == ["granted", "granted", "area_full"]
    assert await hand_in(hall, reader) == []
    assert await hall.inside() == 2


async def test_two_readers_alone_let_one_in_twice(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    front, side = await sync_to_async(away)(hall), await sync_to_async(away)(hall, hall.side)
    assert await present(hall, front, ago=20) == "granted"
    assert await present(hall, side, ago=10) == "granted"
    assert await hand_in(hall, side) == []
    found = await hand_in(hall, front)  # the earlier one comes later
    first, second = sorted(await hall.events(), key=lambda event: event.at)
    assert found == [(first.pk, second.pk)]
    assert await hand_in(hall, front) == found
    assert await hall.inside() == 1
    assert await hall.enter(app) == "passback"


async def test_a_way_out_handed_in_late_stands_where_it_happened(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    front, out = await sync_to_async(away)(hall), await sync_to_async(away)(hall, hall.out)
    assert await present(hall, front, ago=25) == "granted"
    assert await present(hall, out, ago=20) == "granted"
    assert await present(hall, front, ago=15) == "passback"  # the reader knows nothing of the other's
    assert await present(hall, front, 1, ago=10) == "granted"
    assert await hand_in(hall, out) == []
    assert await hand_in(hall, front) == []
    inside = await hall.run(
        lambda: list(Presence.objects.filter(inside=True).values_list("holder", flat=True))
    )
    assert inside == [hall.people[1].holder.pk]
    assert [await hall.enter(app), await hall.enter(app, 1)] == ["granted", "passback"]


async def test_an_old_entry_does_not_undo_a_newer_way_out(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    front = await sync_to_async(away)(hall)
    assert await present(hall, front, ago=20) == "granted"
    assert await hall.leave(app) == "granted"
    assert await hand_in(hall, front) == []
    assert await hall.inside() == 0


async def test_an_entry_online_after_one_that_was_not_known(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    front = await sync_to_async(away)(hall)
    assert await present(hall, front, ago=20) == "granted"
    assert await hall.show(app, hall.side) == "granted"
    online, late = (await hall.events())[0], await hand_in(hall, front)
    handed = next(event for event in await hall.events() if event.offline)
    assert late == [(handed.pk, online.pk)]
    assert await hall.inside() == 1


async def test_what_the_server_refused_and_the_reader_let_in(app: ScanApplication, hall: Hall) -> None:
    """The event keeps the server's word; the person went in all the same."""
    await hall.ask(passback="hard")
    assert await hall.enter(app, 1) == "granted"
    front = await sync_to_async(away)(hall)
    told = await hall.run(lambda: front.present(hall.people[1].code()))
    assert told.granted
    assert (await scan(app, hall.front, told.code, counter=told.counter)).reason == "passback"
    found = await hand_in(hall, front)
    assert [pair[0] for pair in found] == [(await hall.events())[0].pk]
    assert await hall.inside() == 1


async def test_who_was_counted_out_meanwhile_stays_out(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=9)
    front, side = await sync_to_async(away)(hall), await sync_to_async(away)(hall, hall.side)
    assert await present(hall, front, 0, ago=20) == "granted"
    assert await present(hall, side, 1, ago=15) == "granted"
    await hall.run(lambda: building.empty_area(area=hall.area, by=BY))
    assert await hand_in(hall, front) == []
    assert await hall.inside() == 0
    assert await hall.enter(app, 1) == "granted"
    assert await hand_in(hall, side) == []
    assert await hall.inside() == 1


async def test_who_was_forgiven_stays_out(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    front = await sync_to_async(away)(hall)
    assert await present(hall, front, ago=20) == "granted"
    assert await hall.show(app, hall.side) == "granted"
    assert await hall.run(lambda: building.forgive(area=hall.area, holder=hall.world.holder, by=BY))
    assert len(await hand_in(hall, front)) == 1
    assert await hall.inside() == 0
    assert await hall.enter(app) == "granted"


async def test_soft_is_found_as_well_and_off_is_not(hall: Hall) -> None:
    await hall.ask(passback="soft")
    reader = await sync_to_async(away)(hall)
    assert [await present(hall, reader, ago=20), await present(hall, reader, ago=10)] == ["granted"] * 2
    assert len(await hand_in(hall, reader)) == 1
    await hall.ask(passback="off", capacity=5)
    assert await present(hall, reader, ago=5) == "granted"
    assert len(await hand_in(hall, reader)) == 1


async def test_each_grant_is_counted_once(hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=5)
    reader = await sync_to_async(away)(hall)
    for who in range(3):
        assert await present(hall, reader, who, ago=9) == "granted"
    for _ in range(3):
        assert await hand_in(hall, reader) == []
        assert await hall.inside() == 3
    assert await hall.run(AccessEvent.objects.count) == 3
