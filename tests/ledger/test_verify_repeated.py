"""An event that stood already, repeated in the midst of a batch, leaves a number out and the record whole."""

import asyncio
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connections, transaction
from pytest_django.plugin import DjangoDbBlocker

from access.models import AccessEvent
from readers.scanning.asgi import ScanApplication
from readers.scanning.desk import Setup
from readers.scanning.setup import conninfo
from tenants import context
from tenants.models import Company
from tests import cast
from tests.ledger.real import ledger_verify
from tests.scanning.world import Station, lay_station, lay_world, scan

GATES = 5


async def _scans(stations: list[Station]) -> None:
    for repeated in range(3):
        # A process of its own each time: it does not know what was answered before.
        app = ScanApplication(lambda: Setup(conninfo(settings.DATABASES["default"]), "http"))
        await app.startup()
        try:
            first = await scan(app, stations[0], "first", counter=1)
            asked = [scan(app, station, f"code {repeated}") for station in stations[1:3]]
            asked.append(scan(app, stations[0], "first", counter=1))
            asked += [scan(app, station, f"code {repeated}") for station in stations[3:]]
            told = [first, *await asyncio.gather(*asked)]
            assert {one.status for one in told} == {200}
        finally:
            await app.shutdown()


@pytest.fixture
def company(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Company]:
    """A company of this test alone, whose scans are committed."""
    with django_db_blocker.unblock():
        made = cast.sign_up_fresh()
        try:
            yield made
        finally:
            cast.remove(made)
            connections.close_all()


def test_a_repeated_event_within_a_batch(company: Company) -> None:
    world = lay_world(company.ref())
    with context.enter(world.company), transaction.atomic():
        stations = [lay_station(world.company, world.point, f"Gate {n}") for n in range(GATES)]
    asyncio.run(_scans(stations))
    with context.enter(world.company):
        rows = AccessEvent.objects.order_by("batch", "batch_index").values_list("batch", "batch_index")
        batches: dict[object, list[int]] = {}
        for batch, index in rows:
            batches.setdefault(batch, []).append(index)
        gaps = [found for found in batches.values() if found != list(range(len(found)))]
        assert gaps, "no batch had the repeated event in its midst: the test shows nothing"
    holds, said = ledger_verify(world)
    assert holds, said
