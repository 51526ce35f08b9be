"""Batches: what fails fails alone, hanging up changes nothing, and an unknown outcome is found out."""

import asyncio
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from access.models import AccessEvent
from readers.scanning.asgi import ScanApplication
from readers.scanning.channel import Channel, ChannelLost
from readers.scanning.desk import Setup
from readers.scanning.judge import judge
from readers.scanning.rows import EventRow
from readers.scanning.setup import conninfo
from sallyport.rules import decide
from tenants import context
from tests.scanning.world import World, scan


def events(world: World) -> list[tuple[int, str]]:
    with context.enter(world.company):
        return list(AccessEvent.objects.order_by("counter").values_list("counter", "reason"))


async def codes(world: World, count: int) -> list[str]:
    return [await sync_to_async(world.code)() for _ in range(count)]


async def test_one_bad_event_costs_itself_alone(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL refuses the whole batch for one value; it is split until that one stands alone."""
    shown = await codes(world, 12)
    poisoned = 7
    honest = judge

    def poison(one: Any, view: Any) -> EventRow:
        row = honest(one, view)
        if one.counter == poisoned:
            row.reason = "a reason that is longer than its column"
        return row

    await scan(app, world.station, "warm")
    monkeypatch.setattr("readers.scanning.batch.judge", poison)
    answers = await asyncio.gather(
        *(scan(app, world.station, code, counter=n) for n, code in enumerate(shown, start=2))
    )
    statuses = {n: answered.status for n, answered in enumerate(answers, start=2)}
    assert statuses.pop(poisoned) == 503
    assert set(statuses.values()) == {200}
    written = await sync_to_async(events)(world)
    assert [counter for counter, reason in written if reason == "granted"] == [
        n for n in range(2, 14) if n != poisoned
    ]


async def test_a_fault_of_ours_costs_one_scan(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = decide

    def fail(**given: Any) -> Any:
        if given["presentation"].opened.contents.nonce % 2:
            raise ZeroDivisionError
        return honest(**given)

    first, second = await codes(world, 2)
    monkeypatch.setattr("readers.scanning.judge.decide", fail)
    answers = await asyncio.gather(scan(app, world.station, first), scan(app, world.station, second))
    assert sorted(answered.status for answered in answers) == [200, 503]


async def test_the_same_code_twice_in_one_batch(app: ScanApplication, world: World) -> None:
    (code,) = await codes(world, 1)
    await scan(app, world.station, "warm")
    answers = await asyncio.gather(*(scan(app, world.station, code) for _ in range(8)))
    assert sorted(answered.reason for answered in answers) == ["granted", *["replayed"] * 7]


async def test_the_same_event_twice_at_once(app: ScanApplication, world: World) -> None:
    (code,) = await codes(world, 1)
    answers = await asyncio.gather(*(scan(app, world.station, code, counter=5) for _ in range(4)))
    assert [answered.reason for answered in answers] == ["granted"] * 4
    assert await sync_to_async(events)(world) == [(5, "granted")]


async def test_two_codes_under_one_id_at_once(app: ScanApplication, world: World) -> None:
    one, other = await codes(world, 2)
    answers = await asyncio.gather(
        scan(app, world.station, one, counter=5), scan(app, world.station, other, counter=5)
    )
    assert sorted(answered.status for answered in answers) == [200, 422]


async def test_who_hangs_up_changes_nothing(app: ScanApplication, world: World) -> None:
    """The event is written; asking again under its id tells what was decided."""
    (code,) = await codes(world, 1)
    await scan(app, world.station, "warm")
    request = asyncio.create_task(scan(app, world.station, code, counter=2))
    desk = app.desk()
    while not any(key[2] == 2 for key in desk.writer._scans):
        await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert (await scan(app, world.station, code, counter=2)).reason == "granted"
    assert (2, "granted") in await sync_to_async(events)(world)


@pytest.mark.parametrize("committed", [True, False])
async def test_an_unknown_outcome_is_found_out(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The connection breaks around COMMIT: the answer is what the database says afterwards, once."""
    (code,) = await codes(world, 1)
    await scan(app, world.station, "warm")
    honest = Channel.run
    broken: list[int] = []

    async def run(self: Channel, calls: Any) -> Any:
        if broken:
            return await honest(self, calls)
        broken.append(1)
        if committed:
            await honest(self, calls)
        self.close()
        raise ChannelLost("pulled")

    monkeypatch.setattr(Channel, "run", run)
    assert (await scan(app, world.station, code)).reason == "granted"
    assert broken
    assert await sync_to_async(events)(world) == [(1, "malformed"), (2, "granted")]


async def test_a_killed_backend_is_found_out(app: ScanApplication, world: World) -> None:
    shown = await codes(world, 6)
    await scan(app, world.station, "warm")

    def kill() -> None:
        with psycopg.connect(conninfo(settings.DATABASES["default"]), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sallyport-scans' AND pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )

    for code in shown:
        await asyncio.to_thread(kill)
        assert (await scan(app, world.station, code)).reason == "granted"


async def test_policy_that_never_rests_is_decided_under_the_lock(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tries meet a new number each time; the third holds the lock from reading to writing."""
    shown = await codes(world, 3)
    await scan(app, world.station, "warm")
    honest = Channel.run
    moved: list[int] = []

    def move() -> None:
        with psycopg.connect(conninfo(settings.DATABASES["default"]), autocommit=True) as connection:
            connection.execute(
                f"UPDATE {world.company.schema}.ledger_policycounter SET seq = seq + 1 WHERE id = 1"
            )

    async def run(self: Channel, calls: Any) -> Any:
        moved.append(1)
        await asyncio.to_thread(move)
        return await honest(self, calls)

    monkeypatch.setattr(Channel, "run", run)
    answers = await asyncio.gather(*(scan(app, world.station, code) for code in shown))
    assert [answered.reason for answered in answers] == ["granted"] * 3
    assert len(moved) >= 2


async def test_a_rate_limit_of_one_reader(world: World) -> None:
    app = ScanApplication(lambda: Setup(conninfo(settings.DATABASES["default"]), "http", rate=0.001, burst=2))
    try:
        shown = await codes(world, 3)
        answers = [await scan(app, world.station, code) for code in shown]
        assert [answered.reason for answered in answers] == ["granted", "granted", "rate_limited"]
        assert [reason for _, reason in await sync_to_async(events)(world)][-1] == "rate_limited"
    finally:
        await app.shutdown()
