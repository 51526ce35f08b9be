"""Two at once: one credential at two doors, many for the last places, over the writers of two processes.

The control is the database's function without the areas' lock: held open between looking and COMMIT, it lets
both in.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from psycopg import errors

import readers.scanning
from access.models import Area, Presence
from readers.scanning import writer
from readers.scanning.asgi import ScanApplication
from readers.scanning.setup import conninfo
from tenants import context
from tests.scanning.conftest import setup
from tests.scanning.watched import Hall, lay_hall
from tests.scanning.world import Station, World, lay_station, scan

LOCK = "PERFORM pg_advisory_xact_lock((company::bigint << 32) | one.area);"
PEOPLE = 8
CALL = """
SELECT epoch FROM {schema}.commit_watched(%(company)s, %(epoch)s, %(seq)s, gen_random_uuid(), ARRAY[ROW(0, 1,
  %(counter)s, now(), now(), 1, %(credential)s, 1, 0, 1, %(counter)s, '\\x00', true, 'granted', true, 1,
  '{{}}', '\\x00', '\\x00', '{{}}')::public.scan_row],
  json_build_array(json_build_object('n', 0, 'area', %(area)s, 'enters', true, 'since', null,
    'capacity', 1, 'is_full', false, 'again', false)))
"""


@pytest.fixture
def hall(world: World) -> Hall:
    return lay_hall(world, people=PEOPLE)


@pytest_asyncio.fixture
async def other() -> AsyncIterator[ScanApplication]:
    """Another process's callable: with a writer, copies and connections of its own."""
    application = ScanApplication(setup)
    await application.startup()
    yield application
    await application.shutdown()


async def test_one_credential_at_two_doors_gets_in_once(
    app: ScanApplication, other: ScanApplication, hall: Hall
) -> None:
    await hall.ask(passback="hard")
    for _ in range(12):
        codes = [await sync_to_async(hall.world.code)() for _ in range(4)]
        stations = (hall.front, hall.side, hall.front, hall.side)
        apps = (app, other, other, app)
        told = await asyncio.gather(*map(scan, apps, stations, codes))
        assert Counter(one.reason for one in told) == {"granted": 1, "passback": 3}
        assert await hall.inside() == 1
        assert await hall.leave(app) == "granted"


async def test_the_last_places_are_given_once(
    app: ScanApplication, other: ScanApplication, hall: Hall
) -> None:
    await hall.ask(capacity=3)
    for _ in range(4):
        codes = [await sync_to_async(one.code)() for one in hall.people]
        apps = [(app, other)[number % 2] for number in range(PEOPLE)]
        doors = [(hall.front, hall.side)[number // 2 % 2] for number in range(PEOPLE)]
        told = await asyncio.gather(*map(scan, apps, doors, codes))
        assert Counter(one.reason for one in told) == {"granted": 3, "area_full": PEOPLE - 3}
        assert await hall.inside() == 3
        for who, one in enumerate(told):
            if one.reason == "granted":
                assert await hall.leave(other, who) == "granted"


async def test_what_is_decided_under_the_locks_counts_as_well(
    app: ScanApplication, other: ScanApplication, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third try, from the first on: whoever meets another goes on under the lock at once."""
    monkeypatch.setattr(writer, "UNDER_LOCK_TRY", 1)
    await hall.ask(passback="hard", capacity=3)
    codes = [await sync_to_async(one.code)() for one in hall.people]
    more = [await sync_to_async(one.code)() for one in hall.people]
    apps = [(app, other)[number % 2] for number in range(2 * PEOPLE)]
    stations = await hall.run(lambda: _stations(hall, 2 * PEOPLE))
    told = await asyncio.gather(*map(scan, apps, stations, codes + more))
    assert sum(one.reason == "granted" for one in told) == await hall.inside() == 3
    reasons = Counter(one.reason for one in told)
    assert reasons["passback"] == 3
    assert reasons["area_full"] == 2 * PEOPLE - 6


def _stations(hall: Hall, count: int) -> list[Station]:
    with transaction.atomic():
        return [lay_station(hall.world.company, hall.world.point, f"R{one}") for one in range(count)]


@contextmanager
def held() -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as connection:
        yield connection
        connection.rollback()


def let_in(connection: "psycopg.Connection[Any]", hall: Hall, who: int) -> int:
    """One of the people, by the function itself; the epoch that it answers. The transaction stays open."""
    company = hall.world.company
    with context.enter(company):
        values = {"credential": hall.people[who].credential.handle, "area": hall.area.pk, "counter": who + 1}
    epoch, seq = connection.execute(
        f"SELECT epoch, seq FROM {company.schema}.ledger_policycounter WHERE id = 1"
    ).fetchone() or (0, 0)
    values |= {"company": company.id, "epoch": epoch, "seq": seq}
    found = connection.execute(CALL.format(schema=company.schema), values).fetchone()
    assert found is not None
    return int(found[0])


def people_inside(hall: Hall) -> int:
    with context.enter(hall.world.company):
        return Presence.objects.filter(inside=True).count()


def test_who_comes_second_waits_and_is_decided_again(hall: Hall) -> None:
    with held() as first, held() as second:
        assert let_in(first, hall, 0) > 0
        with pytest.raises(errors.LockNotAvailable):
            let_in(second, hall, 1)
        second.rollback()
        first.commit()
        assert let_in(second, hall, 1) == 0  # nothing written: the place is gone
        second.commit()
    assert people_inside(hall) == 1


def test_without_the_lock_both_get_the_last_place(hall: Hall) -> None:
    install_without_lock(hall.world)
    with held() as first, held() as second:
        assert let_in(first, hall, 0) > 0
        assert let_in(second, hall, 1) > 0
        first.commit()
        second.commit()
    assert people_inside(hall) == 2


def install_without_lock(world: World) -> None:
    sql = (Path(readers.scanning.__file__).parent / "sql" / "commit_watched.sql").read_text()
    assert LOCK in sql
    broken = sql.replace(LOCK, "NULL;").replace("public.install_commit_watched", "pg_temp.install")
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as connection:
        connection.execute(broken)
        connection.execute("SELECT pg_temp.install(%s)", [world.company.schema])


def test_areas_of_two_companies_have_locks_of_their_own(hall: Hall) -> None:
    with held() as first, held() as second, context.enter(hall.world.company):
        area = Area.objects.get().pk
        key = "SELECT pg_advisory_xact_lock((%s::bigint << 32) | %s::bigint)"
        first.execute(key, [hall.world.company.id, area])
        second.execute(key, [hall.world.company.id + 1, area])
        second.execute(key, [hall.world.company.id, area + 1])
