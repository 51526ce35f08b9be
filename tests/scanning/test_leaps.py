"""A reader's counter may leap over what it queued offline, and no further: a stolen key cannot use it up."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from readers.scanning.asgi import ScanApplication
from readers.scanning.limits import MOST_LEAP, Leaps
from readers.selectors import last_counter
from tenants import context
from tests.scanning.conftest import setup
from tests.scanning.world import World, scan

FAR = 2**53 - 1


async def on_record(world: World) -> int:
    def ask() -> int:
        with context.enter(world.company):
            return last_counter(world.station.handle)

    return await sync_to_async(ask)()


async def leap(app: ScanApplication, world: World, counter: int) -> str:
    return (await scan(app, world.station, "no code", counter=counter)).reason


async def test_a_leap_too_far_is_refused_and_leaves_nothing(app: ScanApplication, world: World) -> None:
    for counter in (FAR, MOST_LEAP + 1):
        refused = await scan(app, world.station, "no code", counter=counter)
        assert (refused.status, refused.reason) == (422, "counter_leaps")
        assert refused.told["retry"] is False
    assert await on_record(world) == 0
    code = await sync_to_async(world.code)()
    assert (await scan(app, world.station, code)).reason == "granted"
    assert await on_record(world) == 1


async def test_what_was_counted_offline_is_taken(app: ScanApplication, world: World) -> None:
    """Each leap starts where the record stands; what was queued below it is handed in after it."""
    assert await leap(app, world, MOST_LEAP) == "malformed"
    assert await leap(app, world, 2 * MOST_LEAP) == "malformed"
    assert await leap(app, world, 3 * MOST_LEAP + 1) == "counter_leaps"
    assert await leap(app, world, 17) == "malformed"
    assert await on_record(world) == 2 * MOST_LEAP


async def test_a_process_that_has_not_seen_the_reader_looks_first(app: ScanApplication, world: World) -> None:
    assert await leap(app, world, MOST_LEAP) == "malformed"
    other = ScanApplication(setup)
    await other.startup()
    try:
        assert await leap(other, world, 2 * MOST_LEAP + 1) == "counter_leaps"
        assert await leap(app, world, 2 * MOST_LEAP) == "malformed"
    finally:
        await other.shutdown()
    late = ScanApplication(setup)
    await late.startup()
    try:
        asked = (leap(late, world, 2 * MOST_LEAP + step) for step in range(1, 9))
        assert set(await asyncio.gather(*asked)) == {"malformed"}
    finally:
        await late.shutdown()


async def test_a_flood_of_leaps_looks_once(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def count(reader: int) -> int:
        looks.append(reader)
        return last_counter(reader)

    monkeypatch.setattr("readers.scanning.policies.last_counter", count)
    # The clock of the pause is the loop's: one look whatever time the flood takes to be served.
    monkeypatch.setattr("readers.scanning.limits.LOOK_PAUSE", 3600.0)
    told = await asyncio.gather(*(leap(app, world, FAR - step) for step in range(50)))
    assert set(told) == {"counter_leaps"}
    assert looks == [world.station.handle]


def test_readers_do_not_share_a_count() -> None:
    leaps = Leaps()
    leaps.saw(1, 1, MOST_LEAP)
    leaps.saw(1, 1, 5)
    assert leaps.near(1, 1, 2 * MOST_LEAP)
    assert not leaps.near(1, 1, 2 * MOST_LEAP + 1)
    assert not leaps.near(1, 2, 2 * MOST_LEAP)
    assert not leaps.near(2, 1, 2 * MOST_LEAP)
    assert [leaps.may_look(1, 1, now) for now in (0.0, 0.5, 1.0)] == [True, False, True]
