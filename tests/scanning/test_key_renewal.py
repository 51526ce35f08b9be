"""Scans under a reader's old key and its new one: whoever stands at the door notices nothing."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from access.models import AccessEvent
from readers import services
from readers.keyids import keyid
from readers.models import FormerKey, Reader
from readers.scanning.asgi import ScanApplication
from sallyport.keys import Ed25519Signer
from sallyport.reader_protocol import key_print, renew_bytes
from tenants import context
from tests.scanning.world import Station, World, scan


def inside(world: World, work: Callable[..., Any], **given: Any) -> Any:
    """In the company, as another process would."""
    with context.enter(world.company):
        try:
            return work(**given)
        finally:
            connections.close_all()


async def announce(world: World) -> Station:
    """The reader with a new key that the server knows of."""
    old, new = world.station, Ed25519Signer.generate()
    assert isinstance(old.key, Ed25519Signer)
    public = new.public.raw
    signed = renew_bytes(
        company=world.company.uid, reader=old.handle, new_key=public, old_key=old.key.public.raw
    )

    def tell() -> None:
        services.renew_key(
            reader=Reader.objects.get(handle=old.handle),
            wish=services.Wish(public, new.sign(signed), old.key.public.raw, int(time.time())),
            now=timezone.now(),
        )

    await sync_to_async(inside)(world, tell)
    return replace(old, key=new)


async def present(app: ScanApplication, world: World, station: Station, **more: Any) -> str:
    """The reason; each code is fresh, the counter is the world's own."""
    world.station.counter += 1
    counter = world.station.counter
    name = keyid(station.company.id, station.handle, key_print(station.key.public.raw))
    code = await sync_to_async(world.code)()
    given = {"keyid": name, "counter": counter} | more
    return (await scan(app, station, code, **given)).reason


async def test_the_first_scan_under_the_new_key_ends_the_old_one(app: ScanApplication, world: World) -> None:
    assert await present(app, world, world.station) == "granted"
    new = await announce(world)
    assert await present(app, world, world.station) == "granted"
    assert await present(app, world, new) == "granted"
    assert await present(app, world, world.station) in {"key_ended", "key_unknown"}
    assert await present(app, world, new) == "granted"
    row, former = await sync_to_async(inside)(world, lambda: (Reader.objects.get(), FormerKey.objects.get()))
    assert bytes(row.public_key) == new.key.public.raw
    assert abs(former.overtaken_by - time.time()) < 60
    events = await sync_to_async(inside)(
        world, lambda: list(AccessEvent.objects.values_list("granted", flat=True))
    )
    assert events == [True] * 4


async def test_another_process_ends_it_too(app: ScanApplication, world: World) -> None:
    """What this process holds is old: it takes the signature, and the decision finds it out of force."""
    assert await present(app, world, world.station) == "granted"
    new = await announce(world)
    now = timezone.now()
    raw = new.key.public.raw
    await sync_to_async(inside)(
        world,
        services.saw_new_key,
        handle=new.handle,
        key=raw,
        created=int(now.timestamp()),
        now=now,
    )
    assert await present(app, world, world.station) == "key_ended"
    assert await present(app, world, new) == "granted"


async def test_two_at_once_under_both(app: ScanApplication, world: World) -> None:
    new = await announce(world)
    stations = [world.station, new] * 5
    found = await asyncio.gather(*(present(app, world, one) for one in stations))
    assert found[1::2] == ["granted"] * 5
    assert set(found[::2]) <= {"granted", "key_ended", "key_unknown"}
    assert await present(app, world, world.station) in {"key_ended", "key_unknown"}


async def test_time_ends_the_old_one(app: ScanApplication, world: World) -> None:
    new = await announce(world)
    past = timezone.now() - timedelta(seconds=1)
    await sync_to_async(inside)(world, lambda: Reader.objects.update(key_ends=past))
    assert await present(app, world, world.station) == "key_ended"
    assert await present(app, world, new) == "granted"


async def test_a_key_that_was_never_told_is_unknown(app: ScanApplication, world: World) -> None:
    stranger = replace(world.station, key=Ed25519Signer.generate())
    assert await present(app, world, stranger) == "key_unknown"
    name = keyid(stranger.company.id, stranger.handle, key_print(world.station.key.public.raw))
    assert await present(app, world, stranger, keyid=name) == "signature_wrong"


@pytest.mark.parametrize("off", [-3600, 3600])
async def test_a_clock_that_is_off_puts_no_key_in_force(app: ScanApplication, world: World, off: int) -> None:
    new = await announce(world)
    created = int(time.time()) + off
    assert await present(app, world, new, created=created) == "clock_skew"
    assert await present(app, world, world.station) == "granted"
