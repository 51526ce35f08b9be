"""Key sets under scans: new ones are known at once, refused ones open nothing from their commit on."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, transaction

from ledger.models import PolicyChange
from ledger.services import current_policy
from readers.scanning.asgi import ScanApplication
from readers.scanning.copy import Copy
from readers.scanning.policies import Policies
from readers.scanning.reading import read_all, snapshot_of
from readers.scanning.setup import conninfo
from readers.scanning.underlock import commit_under_lock
from readers.scanning.writer import Writer
from tenants import context
from tests.scanning.conftest import setup
from tests.scanning.test_revocation_race import HeldRevocation, until_somebody_waits
from tests.scanning.world import BY, World, scan
from vault import caches, rotation
from vault.models import KeySet


def refuse(world: World) -> None:
    with context.enter(world.company):
        rotation.refuse_and_rotate(by=BY)


def rotate(world: World, ahead: int) -> None:
    with context.enter(world.company):
        rotation.rotate_now(by=BY, ahead=ahead)


class HeldRefusal(HeldRevocation):
    """Refuses all keys; takes the policy's lock as at COMMIT, then waits to be let go."""

    def run(self) -> None:
        try:
            with context.enter(self.world.company), transaction.atomic():
                rotation.refuse_and_rotate(by=BY)
                self.before_commit()
        finally:
            connections.close_all()
        self.committed.set()


def test_a_new_set_moves_the_policy_once(world: World) -> None:
    with context.enter(world.company):
        before = current_policy()[1]
        laid = rotation.lay_in()
        assert current_policy()[1] == before + 1
        changed = PolicyChange.objects.filter(seq=before + 1, kind="keys").values_list("handle", flat=True)
        assert {row.key_id for row in laid} < set(changed)


async def test_a_code_of_a_refused_set_is_dead_at_once(app: ScanApplication, world: World) -> None:
    """No push, no pause, no cache dropped: the copy in the process is old, and the database says so."""
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    code = await sync_to_async(world.code)()
    await sync_to_async(refuse)(world)
    refused = await scan(app, world.station, code)
    assert (refused.told["granted"], refused.reason) == (False, "unknown_key")
    # What is shown from now on opens, also within the seconds in which no key is looked for twice.
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"


async def test_every_process_refuses(world: World) -> None:
    """Two workers, one of which was never told a thing."""
    apps = [ScanApplication(setup), ScanApplication(setup)]
    for one in apps:
        await one.startup()
    try:
        codes = [await sync_to_async(world.code)() for _ in range(4)]
        for one, code in zip(apps, codes[:2], strict=True):
            assert (await scan(one, world.station, code)).reason == "granted"
        await sync_to_async(refuse)(world)
        for one, code in zip(apps, codes[2:], strict=True):
            assert (await scan(one, world.station, code)).reason == "unknown_key"
    finally:
        for one in apps:
            await one.shutdown()


async def test_a_scan_that_was_opened_before_is_refused_after(app: ScanApplication, world: World) -> None:
    """Opened, decided as granted, waiting in the database for the lock that the refusal holds."""
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    code = await sync_to_async(world.code)()
    refusal = HeldRefusal(world)
    refusal.start()
    assert await asyncio.to_thread(refusal.touched.wait, 5)
    answer = asyncio.create_task(scan(app, world.station, code))
    await asyncio.to_thread(until_somebody_waits)
    refusal.go.set()
    assert (await answer).reason == "unknown_key"
    await asyncio.to_thread(refusal.join)


async def test_the_third_try_reads_the_keys_under_the_lock(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are refused between the last refresh and the lock."""
    assert (await scan(app, world.station, await sync_to_async(world.code)())).reason == "granted"
    code = await sync_to_async(world.code)()

    def late(info: str, copy: Copy, scans: list[Any]) -> Any:
        refuse(world)
        return commit_under_lock(info, copy, scans)

    async def at_once(self: Writer, lane: Any, batch: Any, **_: bool) -> None:
        try:
            await self._under_lock(lane, batch.scans)
        finally:
            self._release(lane)

    monkeypatch.setattr("readers.scanning.writer.commit_under_lock", late)
    monkeypatch.setattr(Writer, "_decide_again", at_once)
    await sync_to_async(rotate)(world, 600)  # any change: the next batch is refused once
    assert (await scan(app, world.station, code)).reason == "unknown_key"


async def test_an_old_look_does_not_undo_a_refusal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The minute's own reading began before the refusal and ends after it: it waits for its turn."""
    info = conninfo(settings.DATABASES["default"])
    policies = Policies(info)
    try:
        copy = await policies.get(world.company)
        old = set(copy.keys)
        async with copy.lock:
            copy.keys_read = -1e9
            assert policies.held(world.company.id) is copy
            await asyncio.sleep(0)
            await sync_to_async(refuse)(world)
        await policies.refresh(copy)
        assert not old & set(copy.keys)
        assert all(copy.foreign[key_id] is False for key_id in old)
    finally:
        await policies.close()


def test_whoever_starts_over_reads_keys_too(world: World) -> None:
    with snapshot_of(
        conninfo(settings.DATABASES["default"]), world.company.schema, world.company.id
    ) as snapshot:
        assert read_all(snapshot).keys_stale


async def test_codes_in_flight_open_through_a_rotation(app: ScanApplication, world: World) -> None:
    """Minted under the set that ends, shown under the one that has begun, and the other way round."""
    early = await sync_to_async(world.code)()
    await sync_to_async(rotate)(world, 0)
    assert (await scan(app, world.station, early)).reason == "granted"
    with_new = await sync_to_async(world.code)()
    dated_back = await sync_to_async(world.code)(age=20)
    assert (await scan(app, world.station, with_new)).reason == "granted"
    assert (await scan(app, world.station, dated_back)).reason == "granted"
    ids = await sync_to_async(_in_force)(world)
    assert ids == 1


def _in_force(world: World) -> int:
    with context.enter(world.company):
        caches.drop(world.company.id)
        return KeySet.objects.filter(not_after=None).count()
