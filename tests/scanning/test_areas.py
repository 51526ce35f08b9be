"""What an area asks for beyond a code: a number that its doors show, and a phone that was unlocked lately."""

import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from access import services as building
from readers.scanning.asgi import ScanApplication
from sallyport.codes import unlock_flags
from sallyport.rules import decide_again
from tests.scanning.passes import Pocket, day_pass
from tests.scanning.test_verdicts import events, in_company
from tests.scanning.world import BY, World, scan

SHOWN = [4711, 815]  # the door's number, and the one before it


@pytest.fixture
def pocket(world: World) -> Pocket:
    return Pocket(world).renew()


async def ask(world: World, **values: Any) -> None:
    """The area's form, filled in and saved."""
    area = world.point.door.area
    await in_company(world, lambda: building.edit_area(area=area, by=BY, **values))


async def reason(app: ScanApplication, world: World, code: str, **other: Any) -> str:
    return (await scan(app, world.station, code, **other)).reason


async def test_a_door_that_asks_for_its_number(app: ScanApplication, world: World, pocket: Pocket) -> None:
    await ask(world, door_challenge=True)
    for challenge, told in ((4711, "granted"), (815, "granted"), (4712, "wrong_door"), (0, "wrong_door")):
        code = pocket.show(challenge=challenge, ago={4711: 4, 815: 3}.get(challenge, 2))
        assert await reason(app, world, code, challenges=SHOWN) == told
    code = pocket.show(challenge=4711, ago=1)
    assert await reason(app, world, code) == "wrong_door"
    assert await reason(app, world, code, challenges=[]) == "wrong_door"
    # The wrong numbers used nothing up.
    assert await reason(app, world, code, challenges=[4711]) == "granted"


async def test_codes_that_cannot_sign_a_number_open_nothing_there(app: ScanApplication, world: World) -> None:
    await ask(world, door_challenge=True)
    live, paper = await sync_to_async(world.code)(), await sync_to_async(day_pass)(world)
    assert await reason(app, world, live, challenges=SHOWN) == "wrong_door"
    assert await reason(app, world, paper, challenges=SHOWN) == "wrong_door"


async def test_a_demand_that_changes_while_a_scan_is_on_its_way(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    """The process holds the policy from before the change; the database does not let it decide by that."""
    assert await reason(app, world, pocket.show(ago=9), challenges=SHOWN) == "granted"
    await ask(world, door_challenge=True)
    assert await reason(app, world, pocket.show(ago=8), challenges=SHOWN) == "wrong_door"
    assert await reason(app, world, pocket.show(ago=7, challenge=815), challenges=SHOWN) == "granted"
    await ask(world, door_challenge=False)
    assert await reason(app, world, pocket.show(ago=6), challenges=SHOWN) == "granted"
    await ask(world, door_challenge=True)
    assert await reason(app, world, pocket.show(ago=5, challenge=4711), challenges=SHOWN) == "granted"


async def test_a_phone_unlocked_lately(app: ScanApplication, world: World) -> None:
    await ask(world, assurance=2)
    for flags, told in ((0, "assurance_too_low"), (unlock_flags(0), "granted"), (unlock_flags(9), "granted")):
        assert await reason(app, world, await sync_to_async(world.code)(flags=flags)) == told
    await ask(world, unlock_age_minutes=5)
    for minutes, told in ((9, "assurance_too_low"), (6, "assurance_too_low"), (4, "granted")):
        code = await sync_to_async(world.code)(flags=unlock_flags(minutes))
        assert await reason(app, world, code) == told
    rows = await sync_to_async(events)(world)
    assert [event.assurance for event in rows] == [1, 2, 2, 2, 2, 2]
    for event in rows:
        assert decide_again(event.facts).reason == event.reason


@pytest.mark.parametrize(
    ("left", "age", "told"),
    [
        (240, None, "granted"),
        (240, 5, "granted"),  # unlocked a minute ago
        (30, 2, "assurance_too_low"),  # unlocked four and a half minutes ago
        (-20, None, "assurance_too_low"),  # the unlock is over
    ],
)
async def test_the_unlock_that_a_pass_carries(
    app: ScanApplication, world: World, pocket: Pocket, left: int, age: int | None, told: str
) -> None:
    await ask(world, assurance=2, unlock_age_minutes=age)
    until = int(time.time()) + left
    await sync_to_async(pocket.renew)(flags=unlock_flags(5), unlocked_until=until)
    assert await reason(app, world, pocket.show(ago=2)) == told
