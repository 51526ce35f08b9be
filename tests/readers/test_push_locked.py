"""A company whose tables are locked: its readers are sent away, another company's hear of a change."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from readers.push.room import CLOSE_TRY_AGAIN
from tenants import context
from tenants.refs import CompanyRef
from tests import cast
from tests.readers.conftest import lay_door, lay_reader
from tests.readers.pretend import Pretend
from tests.readers.wires import Plug, acknowledge, ready, work
from tests.scanning.crowd import lock_all
from tests.scanning.test_locked import database

READERS = 6
House = tuple[Pretend, list[Pretend]]


@pytest.fixture
def house(own_company: CompanyRef, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock():
        with context.enter(own_company):
            dock = lay_reader(own_company, "Dock", lay_door("Dock"))
        others = [cast.sign_up_fresh() for _ in range(2)]
        gates = []
        for other in others:
            with context.enter(other.ref()):
                point = lay_door("Gate")
                gates += [lay_reader(other.ref(), f"Gate {n}", point) for n in range(READERS)]
        yield dock, gates
        for other in others:
            cast.remove(other)


@transaction.atomic
def change() -> None:
    lay_door("Side")


async def test_readers_of_locked_companies_keep_no_other_from_hearing(house: House) -> None:
    dock, gates = house
    async with ready(dock) as plug:
        with psycopg.connect(database()) as migration:
            lock_all(migration, *{gate.company.schema for gate in gates})
            plugs = [Plug(gate.company.host) for gate in gates]
            for other, gate in zip(plugs, gates, strict=True):
                await other.say(gate.hello(await other.challenged(), epoch=1, seq=0))

            await work(dock)(change)
            async with asyncio.timeout(7):  # a look every five seconds finds it without a hint
                await acknowledge(plug, dock)
            assert {await other.code() for other in plugs} == {CLOSE_TRY_AGAIN}
            migration.rollback()
        for other in plugs:
            await other.hang_up()
        await asyncio.sleep(2.5)  # longer than the longest rest
        async with ready(gates[0]):
            pass
