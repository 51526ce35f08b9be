"""Somebody holds an area that keeps watch, or rows of the console: who is held up by it, and how long."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from psycopg import sql

from access import services as building
from access.models import AccessLevel, AccessPoint
from access.policy import LOCK_AREA
from readers.scanning import underlock, writer
from readers.scanning.asgi import ScanApplication
from readers.scanning.judge import judge
from readers.scanning.setup import conninfo
from tenants import context
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import BY, Station, World, lay_station, scan

# Answers as where somebody went in or out meanwhile, always; nothing is written.
NOT_WRITTEN = sql.SQL("SELECT 0, 0::int8, NULL::text FROM (SELECT $1, $2, $3, $4, $5, $6) AS x /* {} */")


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=3)


@contextmanager
def held(hall: Hall, *statements: str) -> Iterator["psycopg.Connection[Any]"]:
    """The area's lock and what else these take, until this ends."""
    company = hall.world.company
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as other:
        other.execute("SET idle_in_transaction_session_timeout = 0")
        for statement in statements:
            other.execute(statement.format(company=company.id, schema=company.schema))
        yield other
        other.rollback()


def lock_of(area: int) -> str:
    return f"SELECT pg_advisory_xact_lock(({{company}}::bigint << 32) | {area})"


def lay_lab(hall: Hall, **asks: Any) -> Station:
    """Another area, with a reader at its door."""
    with context.enter(hall.world.company), transaction.atomic():
        lab = building.add_area(site=hall.area.site, name="Lab", assurance=1, by=BY, **asks)
        point = building.add_door(area=lab, name="Lab", by=BY).access_points.get()
        level = AccessLevel.objects.get(pk=hall.world.level.pk)
        points = [*AccessPoint.objects.all()]
        rules = [(one, hall.world.schedule) for one in points]
        building.edit_level(level=level, name="Staff", rules=rules, by=BY)
        return lay_station(hall.world.company, point, "Laura")


@pytest.mark.parametrize("asks", [{}, {"capacity": 5}])
async def test_an_area_that_is_locked_holds_up_no_other_door(
    app: ScanApplication, hall: Hall, asks: dict[str, Any]
) -> None:
    await hall.ask(passback="hard")
    lab = await sync_to_async(lay_lab)(hall, **asks)
    assert [await hall.leave(app), await hall.show(app, lab)] == ["granted", "granted"]
    codes = [await sync_to_async(hall.people[who].code)() for who in (0, 1, 2, 0, 1)]
    area = await hall.run(lambda: hall.area.pk)
    with held(hall, lock_of(area)):
        first = asyncio.create_task(scan(app, hall.out, codes[0]))
        await asyncio.sleep(0.03)  # it is on its way: those that follow are decided together
        others = [asyncio.create_task(scan(app, lab, code)) for code in codes[1:3]]
        last = asyncio.create_task(scan(app, hall.out, codes[3]))
        async with asyncio.timeout(1.0):
            told = await asyncio.gather(*others)
        assert [one.reason for one in told] == ["granted", "granted"]
        assert not first.done()
        assert not last.done()
    assert [one.reason for one in await asyncio.gather(first, last)] == ["granted", "granted"]


async def test_an_area_that_stays_locked_is_told_in_time(app: ScanApplication, hall: Hall) -> None:
    await hall.ask(passback="hard")
    code, area = await sync_to_async(hall.world.code)(), await hall.run(lambda: hall.area.pk)
    assert await hall.leave(app) == "granted"
    with held(hall, lock_of(area)):
        async with asyncio.timeout(2.2):
            assert (await scan(app, hall.out, code, counter=9)).status == 503
    assert (await scan(app, hall.out, code, counter=9)).reason == "granted"


async def test_who_waits_for_an_area_is_decided_once(
    app: ScanApplication, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hall.ask(passback="hard")
    codes = [await sync_to_async(hall.world.code)() for _ in range(16)]
    assert await hall.leave(app) == "granted"
    honest: Any = judge
    judged = []

    def counted(one: Any, view: Any) -> Any:
        judged.append(one.counter)
        return honest(one, view)

    monkeypatch.setattr("readers.scanning.batch.judge", counted)
    told = await asyncio.gather(*(scan(app, hall.out, code) for code in codes))
    assert {one.reason for one in told} == {"granted"}
    assert len(judged) < 3 * len(codes)


@pytest.mark.parametrize("table", ["access_area", "credentials_holder"])
async def test_rows_that_the_console_holds_hold_up_no_scan(
    app: ScanApplication, hall: Hall, table: str
) -> None:
    await hall.ask(passback="soft")
    with held(hall, f"SELECT FROM {{schema}}.{table} FOR UPDATE"):
        assert [await hall.enter(app), await hall.enter(app)] == ["granted", "granted"]
    assert await hall.inside() == 1
    assert len(await hall.second_entries()) == 1


async def test_under_the_locks_nothing_is_told_that_was_not_written(
    app: ScanApplication, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hall.ask(passback="hard")
    monkeypatch.setattr(writer, "UNDER_LOCK_TRY", 1)
    for module in ("channel", "underlock"):
        monkeypatch.setattr(f"readers.scanning.{module}.COMMIT_WATCHED", NOT_WRITTEN)
    code = await sync_to_async(hall.world.code)()
    assert (await scan(app, hall.front, code)).status == 503
    assert await hall.events() == []


def test_areas_that_somebody_leaves_are_locked_in_their_order() -> None:
    """Readers 1 to 4: out of area 3, into area 7, out of area 5, at a door that nobody watches."""
    doors = {
        1: SimpleNamespace(area=3, watch=True),
        2: SimpleNamespace(area=7, watch=True),
        3: SimpleNamespace(area=5, watch=True),
        4: SimpleNamespace(area=1, watch=None),
    }
    locked: list[int] = []

    def run(statement: str, company: int, area: int) -> None:
        assert (statement, company) == (LOCK_AREA, 11)
        locked.append(area)

    view: Any = SimpleNamespace(
        ref=SimpleNamespace(id=11),
        stand=lambda reader: ("active", doors[reader]),
        asks_inside=lambda scan: None,
    )
    scans: Any = [SimpleNamespace(reader=reader, opened=True) for reader in (2, 4, 3, 1)]
    snapshot: Any = SimpleNamespace(run=run)
    underlock._look_inside(snapshot, view, scans)
    assert locked == [3, 5, 7]
