"""Companies locked as by a long migration: their scans get 503 in time, another company's are answered."""

import asyncio
import time
from collections.abc import Iterator

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from access import services as building
from readers.scanning import desk
from readers.scanning.asgi import ScanApplication
from tenants import context
from tests import cast
from tests.scanning.crowd import lock_all
from tests.scanning.world import BY, World, lay_world, scan

IN_TIME = desk.PATIENCE_SECONDS + 0.6  # the machine may be busy


@pytest.fixture
def others(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[World]]:
    with django_db_blocker.unblock():
        made = [cast.sign_up_fresh() for _ in range(2)]
        yield [lay_world(company.ref()) for company in made]
        for company in made:
            cast.remove(company)
        connections.close_all()


def change(world: World) -> None:
    with context.enter(world.company):
        for lockdown in (True, False):
            building.set_area_lockdown(area=world.point.door.area, lockdown=lockdown, by=BY)


def database() -> str:
    entry = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        host=entry["HOST"],
        port=entry["PORT"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        dbname=entry["NAME"],
    )


async def test_two_locked_companies_and_the_keys_of_each_due(
    app: ScanApplication, world: World, others: list[World]
) -> None:
    for one in [world, *others]:
        assert (await scan(app, one.station, await sync_to_async(one.code)())).reason == "granted"
    copies = app.desk().policies._copies
    for one in others:  # a minute has passed since the keys were read
        copies[one.company.id].keys_read = time.monotonic() - 61
    codes = [await sync_to_async(one.code)() for one in others]
    with psycopg.connect(database()) as migration:
        lock_all(migration, *(one.company.schema for one in others))
        for one, code in zip(others, codes, strict=True):
            async with asyncio.timeout(IN_TIME):
                assert (await scan(app, one.station, code)).status == 503
        await sync_to_async(change)(world)
        code = await sync_to_async(world.code)()
        async with asyncio.timeout(IN_TIME):
            assert (await scan(app, world.station, code)).reason == "granted"
        migration.rollback()
    await asyncio.sleep(2.5)  # longer than the longest rest
    for one in others:
        assert (await scan(app, one.station, await sync_to_async(one.code)())).reason == "granted"


async def test_a_scan_whose_policy_does_not_come_is_answered_by_its_deadline(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that neither answers nor fails: the scans that are being looked up are not in any lane."""
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    monkeypatch.setattr("readers.scanning.policies._read", lambda *_: time.sleep(3))
    await sync_to_async(change)(world)
    code = await sync_to_async(world.code)()
    async with asyncio.timeout(IN_TIME):
        assert (await scan(app, world.station, code)).status == 503
