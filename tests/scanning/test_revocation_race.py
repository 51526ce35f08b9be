"""A scan held between reading the counter and COMMIT while a revocation commits, in both orders.

The scan's side is the real function, called in a transaction that the test keeps open; the revocation's side
is the real service. The control is the same function without its lock.
"""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, transaction

import readers.scanning
from access import services as building
from credentials.services import revoke_device
from readers.scanning.asgi import ScanApplication
from readers.scanning.setup import conninfo
from tenants import context
from tests.scanning.world import BY, World, scan

LOCK = "PERFORM pg_advisory_xact_lock_shared(7, company);"
CALL = """
SELECT epoch, seq, unlike
FROM {schema}.commit_scans(%(company)s, %(epoch)s, %(seq)s, gen_random_uuid(), ARRAY[ROW(0, 1,
  %(counter)s, now(), now(), 1, 1, 1, 0, 1, %(counter)s, '\\x00', true, 'granted', true, 1, '{{}}',
  '\\x00', '\\x00', '{{}}')::public.scan_row])
"""


@pytest.fixture
def database() -> Iterator["psycopg.Connection[Any]"]:
    """A connection as the hot path has them, in a transaction of its own."""
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as connection:
        yield connection
        connection.rollback()


def counter_of(database: "psycopg.Connection[Any]", world: World) -> tuple[int, int]:
    found = database.execute(
        f"SELECT epoch, seq FROM {world.company.schema}.ledger_policycounter WHERE id = 1"
    ).fetchone()
    database.commit()
    assert found is not None
    return found[0], found[1]


def hold(database: "psycopg.Connection[Any]", world: World, policy: tuple[int, int], counter: int = 1) -> Any:
    """Call the function and keep its transaction open; the counter it saw."""
    values = {"company": world.company.id, "epoch": policy[0], "seq": policy[1], "counter": counter}
    return database.execute(CALL.format(schema=world.company.schema), values).fetchone()


def until_somebody_waits() -> None:
    """Return once a scan waits for the lock of a company's policy."""
    waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 7 AND NOT granted"
    with psycopg.connect(conninfo(settings.DATABASES["default"]), autocommit=True) as connection:
        for _ in range(1000):
            if connection.execute(waits).fetchone():
                return
    raise AssertionError("nobody waits")


class Revocation(threading.Thread):
    """The service on a thread of its own; `committed` is set when its transaction has ended."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.touched = threading.Event()
        self.go = threading.Event()
        self.committed = threading.Event()

    def run(self) -> None:
        try:
            with context.enter(self.world.company), transaction.atomic():
                revoke_device(device=self.world.device, reason="lost", by=BY)
                self.before_commit()
        finally:
            connections.close_all()
        self.committed.set()

    def before_commit(self) -> None:
        """Nothing: commit at once."""


class HeldRevocation(Revocation):
    """Takes the policy's lock as at COMMIT, then waits to be let go."""

    def before_commit(self) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.touched.set()
        self.go.wait(10)


def test_the_scan_first_makes_the_revocation_wait(world: World, database: "psycopg.Connection[Any]") -> None:
    policy = counter_of(database, world)
    assert hold(database, world, policy)[:2] == policy
    revocation = Revocation(world)
    revocation.start()
    assert not revocation.committed.wait(0.5), "a revocation committed under a scan that had read the counter"
    database.commit()
    assert revocation.committed.wait(5)
    revocation.join()
    assert counter_of(database, world)[1] == policy[1] + 1


def test_without_the_lock_the_revocation_is_missed(world: World, database: "psycopg.Connection[Any]") -> None:
    """The control: a grant is committed after the revocation, under the policy from before it."""
    install_without_lock(world)
    policy = counter_of(database, world)
    assert hold(database, world, policy)[:2] == policy
    revocation = Revocation(world)
    revocation.start()
    assert revocation.committed.wait(5), "without the lock nothing holds the revocation up"
    revocation.join()
    database.commit()
    granted = database.execute(
        f"SELECT policy_seq FROM {world.company.schema}.access_accessevent WHERE granted"
    ).fetchall()
    assert granted == [(policy[1],)]


def install_without_lock(world: World) -> None:
    sql = (Path(readers.scanning.__file__).parent / "sql" / "commit_scans.sql").read_text()
    assert LOCK in sql
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as connection:
        # Rolled back but for the company's own function: the installer of all others stays as it is.
        connection.execute(sql.replace(LOCK, "").replace("public.install_commit_scans", "pg_temp.install"))
        connection.execute("SELECT pg_temp.install(%s)", [world.company.schema])


async def test_the_revocation_first_makes_the_scan_see_it(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    warm = await scan(app, world.station, code)
    assert warm.reason == "granted"
    fresh = await sync_to_async(world.code)()
    revocation = HeldRevocation(world)
    revocation.start()
    assert await asyncio.to_thread(revocation.touched.wait, 5)
    # Decided as granted from the copy, sent, and now waiting in the database for the lock.
    answer = asyncio.create_task(scan(app, world.station, fresh))
    await asyncio.to_thread(until_somebody_waits)
    assert not answer.done()
    revocation.go.set()
    assert (await answer).reason == "device_revoked"
    await asyncio.to_thread(revocation.join)


async def test_without_the_lock_the_revocation_that_was_first_is_missed(
    app: ScanApplication, world: World
) -> None:
    """The control: the same order, the same call, and the phone that was reported lost opens the door."""
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    await asyncio.to_thread(install_without_lock, world)
    fresh = await sync_to_async(world.code)()
    revocation = HeldRevocation(world)
    revocation.start()
    assert await asyncio.to_thread(revocation.touched.wait, 5)
    # The scan waits for nobody: it is answered while the revocation stands between its lock and its COMMIT.
    answer = await scan(app, world.station, fresh)
    assert not revocation.committed.is_set()
    revocation.go.set()
    await asyncio.to_thread(revocation.join)
    assert answer.reason == "granted"
    # With the revocation committed even the bare call refuses: what was missing was the lock alone.
    after = await sync_to_async(world.code)()
    assert (await scan(app, world.station, after)).reason == "device_revoked"


async def test_a_revocation_that_does_not_end_costs_a_retry_not_a_grant(
    app: ScanApplication, world: World
) -> None:
    """Longer than the lock's patience: nothing is granted, the reader may ask again under the same id."""
    code = await sync_to_async(world.code)()
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    revocation = HeldRevocation(world)
    revocation.start()
    assert await asyncio.to_thread(revocation.touched.wait, 5)
    refused = await scan(app, world.station, code)
    assert (refused.status, refused.told["retry"]) == (503, True)
    revocation.go.set()
    await asyncio.to_thread(revocation.join)
    again = await scan(app, world.station, code, counter=world.station.counter)
    assert again.reason == "device_revoked"


async def test_every_revocation_is_seen_by_the_next_scan(app: ScanApplication, world: World) -> None:
    """No push, no pause: the copy in the process is old each time, and the database says so."""
    for _ in range(3):
        code = await sync_to_async(world.code)()
        assert (await scan(app, world.station, code)).reason == "granted"
        await sync_to_async(lock_down)(world, lockdown=True)
        code = await sync_to_async(world.code)()
        assert (await scan(app, world.station, code)).reason == "lockdown"
        await sync_to_async(lock_down)(world, lockdown=False)


def lock_down(world: World, *, lockdown: bool) -> None:
    with context.enter(world.company):
        building.set_area_lockdown(area=world.point.door.area, lockdown=lockdown, by=BY)
