"""Areas that keep watch, through the real callable: who is inside, who is refused, who is counted."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db.models import F
from django.utils import timezone

from access import services as building
from access.models import DoorMode, Presence, Schedule
from credentials.services import revoke_device
from readers.scanning.asgi import ScanApplication
from sallyport.rules import decide_again
from tests.scanning.passes import digits, issue
from tests.scanning.test_day_passes import give
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import BY, World, scan


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=3)


async def decided_again(hall: Hall) -> None:
    for event in await hall.events():
        again = decide_again(event.facts)
        assert (again.granted, str(again.reason)) == (event.granted, event.reason)


async def test_hard_refuses_until_they_have_left(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    assert await hall.enter(app) == "granted"
    assert await hall.enter(app) == "passback"
    assert await hall.show(app, hall.side) == "passback"  # by another door of the same area
    assert await hall.enter(app, 1) == "granted"
    assert await hall.inside() == 2
    assert await hall.leave(app) == "granted"
    assert await hall.leave(app) == "granted"  # a way out is never refused for it
    assert await hall.enter(app) == "granted"
    assert await hall.second_entries() == []
    await decided_again(hall)


async def test_soft_lets_in_and_remembers(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="soft")
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "granted"]
    first, second = await hall.events()
    assert await hall.second_entries() == [(first.pk, second.pk)]
    assert await hall.inside() == 1
    assert [await hall.leave(app), await hall.enter(app)] == ["granted", "granted"]
    assert len(await hall.second_entries()) == 1
    assert await hall.run(building.tell_second_entries) == 1
    assert await hall.second_entries() == []
    await decided_again(hall)


async def test_timed_refuses_for_its_minutes(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="timed", passback_minutes=10)
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "passback"]
    await hall.run(lambda: Presence.objects.update(at=F("at") - timedelta(minutes=10)))
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "passback"]
    await decided_again(hall)


async def test_the_last_place(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(capacity=2)
    assert [await hall.enter(app, who) for who in (0, 1, 2)] == ["granted", "granted", "area_full"]
    assert await hall.enter(app, 0) == "granted"  # passback is off, and this one is counted already
    assert await hall.leave(app, 1) == "granted"
    assert [await hall.enter(app, 2), await hall.enter(app, 1)] == ["granted", "area_full"]
    await decided_again(hall)


async def test_only_grants_move_anybody(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    code = await sync_to_async(hall.world.code)()
    assert (await scan(app, hall.front, code)).reason == "granted"
    assert (await scan(app, hall.front, code)).reason == "replayed"
    assert await hall.leave(app) == "granted"
    assert (await scan(app, hall.front, code)).reason == "replayed"
    assert await hall.inside() == 0
    await hall.run(lambda: revoke_device(device=hall.world.device, reason="lost", by=BY))
    assert await hall.enter(app) == "device_revoked"
    assert await hall.inside() == 0


async def test_a_request_that_is_repeated_is_told_the_same(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=1)
    code = await sync_to_async(hall.world.code)()
    told = [(await scan(app, hall.front, code, counter=7)).reason for _ in range(3)]
    assert told == ["granted"] * 3
    assert len(await hall.events()) == 1


async def test_a_new_handle_is_the_same_person(app: ScanApplication, hall: Hall) -> None:
    """A change of rights gives a new credential; it takes nobody out of an area."""
    await hall.ask(passback="hard")
    assert await hall.enter(app) == "granted"
    before = await hall.run(lambda: hall.world.credential.handle)

    def less() -> int:
        more = building.add_level(name="More", rules=[], by=BY)
        grant = building.grant_level(holder=hall.world.holder, level=more, by=BY)
        building.withdraw_grant(grant=grant, by=BY)
        return hall.world.credential.handle

    assert await hall.run(less) != before
    assert await hall.enter(app) == "passback"


async def test_a_day_pass_is_held_to_hard(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="soft")
    issued = await sync_to_async(issue)(hall.world)
    code = await sync_to_async(digits)(hall.world, issued)
    for told in ("granted", "passback"):
        hall.front.counter += 1
        assert (await give(app, hall.front, code, issued.pin)).reason == told
    await decided_again(hall)


async def test_areas_without_a_watch_leave_nothing(app: ScanApplication, hall: Hall) -> None:
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "granted"]
    assert not await hall.run(Presence.objects.exists)
    (first, _) = await hall.events()
    assert "watch" not in first.facts


async def test_a_watch_that_begins_while_a_copy_is_held(app: ScanApplication, hall: Hall) -> None:
    assert await hall.enter(app) == "granted"
    await hall.ask(passback="hard")
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "passback"]
    await hall.ask(passback="off")
    assert await hall.enter(app) == "granted"


async def test_at_a_door_that_stands_open(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="soft")

    def unlock() -> None:
        schedule = Schedule.objects.get()
        values = {"mode": DoorMode.UNLOCKED_BY_SCHEDULE, "unlock_schedule": schedule}
        building.edit_door(door=hall.world.point.door, by=BY, **values)

    await hall.run(unlock)
    assert [await hall.enter(app), await hall.enter(app)] == ["granted", "granted"]
    assert await hall.second_entries() == []


async def test_whoever_is_counted_out_may_enter(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=2)
    assert [await hall.enter(app, 0), await hall.enter(app, 1)] == ["granted", "granted"]
    await hall.run(lambda: building.forgive(area=hall.area, holder=hall.people[0].holder, by=BY))
    assert [await hall.enter(app, 0), await hall.enter(app, 1)] == ["granted", "passback"]
    assert await hall.enter(app, 2) == "area_full"
    assert await hall.run(lambda: building.empty_area(area=hall.area, by=BY)) == 2
    assert [await hall.enter(app, 1), await hall.enter(app, 2)] == ["granted", "granted"]


async def test_the_counted_are_those_of_this_area(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard", capacity=1)

    def other() -> None:
        area = building.add_area(site=hall.area.site, name="Lab", assurance=1, capacity=1, by=BY)
        holder = hall.people[0].holder
        Presence.objects.create(area=area, holder=holder, inside=True, at=timezone.now(), event=None)

    await hall.run(other)
    assert await hall.enter(app) == "granted"
