"""A hand-in at an area that keeps watch reads under no lock, and what happens meanwhile counts."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from access import services as building
from access.models import AccessEvent, Presence
from access.services import Moved, find_moves, reconciling
from readers.scanning.asgi import ScanApplication
from readers.scanning.setup import conninfo
from readers.services import handin
from tenants import context
from tests.scanning.test_watched_handin import away, hand_in, present
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import BY, World, scan


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=2)


def after(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, deed: Callable[[], Any]) -> list[Any]:
    """Do something once, right after this step of a hand-in; what the deed gave."""
    honest = getattr(where, name)
    told: list[Any] = []

    def step(*given: Any, **named: Any) -> Any:
        found = honest(*given, **named)
        if not told:
            told.append(None)  # the deed may lead here again
            told[0] = deed()
        return found

    monkeypatch.setattr(where, name, step)
    return told


def is_free(hall: Hall) -> bool:
    """Whether a live scan would get the area's lock."""
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as other:
        key = [hall.world.company.id, hall.area.pk]
        row = other.execute("SELECT pg_try_advisory_xact_lock((%s::bigint << 32) | %s::bigint)", key)
        return bool((row.fetchone() or [False])[0])


def apart(hall: Hall, work: Callable[[], Any]) -> Any:
    """In the company over a connection of its own, committed when this returns."""

    def inside() -> Any:
        with context.enter(hall.world.company):
            try:
                return work()
            finally:
                connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(inside).result()


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (reconciling, "_steps"),
        (reconciling, "raise_phone_alarms"),
        (handin, "_write"),
        (handin, "_move_head"),
    ],
)
async def test_no_area_is_locked_while_a_hand_in_reads_and_writes(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, where: Any, name: str
) -> None:
    await hall.ask(passback="soft")
    reader = await sync_to_async(away)(hall)
    assert [await present(hall, reader, ago=20), await present(hall, reader, ago=10)] == ["granted"] * 2
    free = after(monkeypatch, where, name, lambda: is_free(hall))
    assert len(await hand_in(hall, reader)) == 1
    assert free == [True]
    assert await hall.inside() == 1


@pytest.mark.parametrize("name", ["_watched_places", "_steps"])
async def test_everybody_counted_out_meanwhile_stays_out(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await hall.ask(passback="hard")
    reader = await sync_to_async(away)(hall)
    assert await present(hall, reader, ago=10) == "granted"
    area = await hall.run(lambda: hall.area)
    after(
        monkeypatch,
        reconciling,
        name,
        lambda: apart(hall, lambda: building.empty_area(area=area, by=BY)),
    )
    await hand_in(hall, reader)
    assert await hall.inside() == 0


async def test_who_enters_live_meanwhile_is_found(
    app: ScanApplication, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hall.ask(passback="hard")
    reader = await sync_to_async(away)(hall)
    assert await present(hall, reader, ago=10) == "granted"
    code, loop = await sync_to_async(hall.world.code)(), asyncio.get_running_loop()

    def live() -> str:
        return asyncio.run_coroutine_threadsafe(scan(app, hall.side, code), loop).result().reason

    told = after(monkeypatch, handin, "find_moves", live)
    found = await hand_in(hall, reader)
    assert told == ["granted"]
    first, second = sorted(await hall.events(), key=lambda event: event.at)
    assert found == [(first.pk, second.pk)]
    assert await hall.run(lambda: Presence.objects.get().event) == second.pk


async def test_a_clock_of_long_ago_reads_no_more_of_the_record(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    assert [await hall.enter(app), await hall.enter(app, 1)] == ["granted", "granted"]
    old, new = await hall.events()
    now = datetime.now(UTC)

    def asked(moved: datetime) -> str:
        one = Moved(new.pk, moved, new.credential or 0, new.device or 0, new.access_point)
        with CaptureQueriesContext(connection) as queries:
            assert find_moves(moved=[one], shut=(), now=now).stands
        found = [query["sql"] for query in queries if '"access_accessevent"."credential" IN' in query["sql"]]
        return "".join(found)

    def first_read(*, days: int) -> int:
        """The id from which the record is read, when the first event is so old."""
        AccessEvent.objects.filter(pk=old.pk).update(at=now - timedelta(days=days, hours=1))
        return int(asked(now).partition('"access_accessevent"."id" > ')[2].split()[0].strip(")"))

    sql = await hall.run(lambda: asked(datetime(2020, 1, 1, tzinfo=UTC)))
    assert (now - timedelta(days=21)).date().isoformat() in sql
    assert "2019-12" not in sql
    assert await hall.run(lambda: first_read(days=7)) == old.pk
    assert await hall.run(lambda: first_read(days=6)) == 0
