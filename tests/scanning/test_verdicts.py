"""What a scan is answered, and what it leaves in the database."""

import datetime as dt
import time
from functools import partial
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from access import services as building
from access.models import AccessEvent
from credentials.services import offboard_holder, revoke_device, set_code_policy, suspend_holder
from ledger.models import PendingBatch
from readers import services as registry
from readers.models import Reader, UsedCode
from readers.receivers import COLUMNS, leaf_of_event
from readers.scanning.asgi import ScanApplication
from readers.scanning.copy import Copy
from readers.scanning.desk import LOOKS
from readers.scanning.policies import Policies
from sallyport.keys import P256Signer
from sallyport.ledger import batch_hash
from sallyport.rules import decide_again
from tenants import context
from tests.scanning.world import (
    BY,
    Answered,
    Station,
    World,
    check_signature,
    lay_station,
    scan,
)


def events(world: World) -> list[AccessEvent]:
    with context.enter(world.company):
        return list(AccessEvent.objects.order_by("id"))


async def reasons(world: World) -> list[str]:
    return [event.reason for event in await sync_to_async(events)(world)]


async def in_company(world: World, work: Any) -> Any:
    """Run a service for the company, on a thread."""

    def inside() -> Any:
        with context.enter(world.company):
            return work()

    return await sync_to_async(inside)()


async def show(app: ScanApplication, world: World, **other: Any) -> Answered:
    """A fresh code at the front door."""
    code = await sync_to_async(world.code)(**other)
    return await scan(app, world.station, code)


async def test_grant(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    answered = await scan(app, world.station, code)
    assert answered.status == 200
    told = dict(answered.told)
    assert told.pop("sig")
    assert abs(told.pop("at_ms") - time.time() * 1000) < 60_000
    assert told == {
        "counter": 1,
        "granted": True,
        "reason": "granted",
        "text": told["text"],
        "pulse_ms": 3000,
        "access_point": world.point.handle,
    }
    await sync_to_async(check_signature)(world.company, world.station, code, answered.told)
    (event,) = await sync_to_async(events)(world)
    assert (event.reader, event.counter, event.granted) == (world.station.handle, 1, True)
    assert (event.device, event.access_point) == (world.device.handle, world.point.handle)


async def test_a_copy_is_replayed(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    first = await scan(app, world.station, code)
    second = await scan(app, world.station, code)
    assert (first.reason, second.reason) == ("granted", "replayed")
    await sync_to_async(check_signature)(world.company, world.station, code, second.told)
    assert await reasons(world) == ["granted", "replayed"]


async def test_a_copy_is_replayed_also_where_it_would_be_refused_anyway(
    app: ScanApplication, world: World
) -> None:
    """`replayed` stands above the rules' reasons: the order must be the same at every engine."""
    code = await sync_to_async(world.code)()
    await scan(app, world.station, code)
    await in_company(
        world,
        lambda: building.set_area_lockdown(area=world.point.door.area, lockdown=True, by=BY),
    )
    assert (await scan(app, world.station, code)).reason == "replayed"


async def test_one_event_id_keeps_its_verdict(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    first = await scan(app, world.station, code)
    again = await scan(app, world.station, code, counter=1)
    assert {**again.told, "at_ms": 0} == {**first.told, "at_ms": 0}
    assert await reasons(world) == ["granted"]


async def test_one_event_id_with_two_codes(app: ScanApplication, world: World) -> None:
    await show(app, world)
    other = await sync_to_async(world.code)()
    refused = await scan(app, world.station, other, counter=1)
    assert (refused.status, refused.told["code"]) == (422, "event_id_reused")
    assert await reasons(world) == ["granted"]
    # The second code was not used up by the refusal.
    assert (await scan(app, world.station, other)).reason == "granted"


async def test_refused_twice_with_one_id(app: ScanApplication, world: World) -> None:
    first = await scan(app, world.station, "1" * 252)
    assert (await scan(app, world.station, "1" * 252, counter=1)).told["reason"] == first.reason
    assert (await scan(app, world.station, "2" * 252, counter=1)).status == 422


@pytest.mark.parametrize("off_ms", [-600_000, 600_000])
async def test_a_clock_ten_minutes_off(app: ScanApplication, world: World, off_ms: int) -> None:
    code = await sync_to_async(world.code)()
    answered = await scan(app, world.station, code, at_ms=int(time.time() * 1000) + off_ms)
    assert (answered.status, answered.reason) == (200, "clock_skew")
    signed_then = await scan(app, world.station, code, created=int(time.time()) + off_ms // 1000)
    assert signed_then.reason == "clock_skew"
    assert await reasons(world) == ["clock_skew", "clock_skew"]
    assert (await scan(app, world.station, code)).reason == "granted"


async def test_codes_of_other_times(app: ScanApplication, world: World) -> None:
    assert (await show(app, world, age=33)).reason == "expired"
    assert (await show(app, world, age=-10)).reason == "not_yet_valid"


async def test_people_and_phones(app: ScanApplication, world: World) -> None:
    assert (await show(app, world, credential=9999)).reason == "unknown_credential"
    assert (await show(app, world, credential=2**32 - 1)).reason == "unknown_credential"
    assert (await show(app, world, device=9999)).reason == "device_revoked"
    await in_company(world, lambda: suspend_holder(holder=world.holder, by=BY))
    assert (await show(app, world)).reason == "holder_inactive"


async def test_a_revoked_phone_and_a_person_who_left(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(world.code)()
    await in_company(world, lambda: revoke_device(device=world.device, reason="lost", by=BY))
    assert (await scan(app, world.station, code)).reason == "device_revoked"
    code = await sync_to_async(world.code)()
    await in_company(world, lambda: offboard_holder(holder=world.holder, by=BY))
    assert (await scan(app, world.station, code)).reason == "credential_revoked"


async def test_hours_and_places(app: ScanApplication, world: World) -> None:
    assert (await show(app, world)).reason == "granted"
    never = [[(timezone.now() + dt.timedelta(days=3)).weekday(), 0, 1]]
    await in_company(world, lambda: building.edit_schedule(schedule=world.schedule, intervals=never, by=BY))
    assert (await show(app, world)).reason == "outside_schedule"
    await in_company(world, lambda: building.edit_level(level=world.level, name="Staff", rules=[], by=BY))
    assert (await show(app, world)).reason == "not_allowed_here"


async def test_a_reader_suspended_moved_and_retired(app: ScanApplication, world: World) -> None:
    def reader() -> Reader:
        return Reader.objects.get(handle=world.station.handle)

    assert (await show(app, world)).reason == "granted"
    await in_company(world, lambda: registry.suspend_reader(reader=reader(), by=BY))
    assert (await show(app, world)).reason == "reader_suspended"
    await in_company(world, lambda: registry.resume_reader(reader=reader(), by=BY))
    assert (await show(app, world)).reason == "granted"
    await in_company(world, lambda: registry.retire_reader(reader=reader(), by=BY))
    # Its copy says active until the database disagrees; then it is nobody.
    assert (await show(app, world)).reason == "reader_unknown"
    gone = await show(app, world)
    assert (gone.status, gone.reason) == (401, "reader_unknown")


async def test_a_reader_paired_after_the_copy_was_made(app: ScanApplication, world: World) -> None:
    assert (await show(app, world)).reason == "granted"

    def pair() -> Any:
        with transaction.atomic():
            return lay_station(world.company, world.point, "Browser", key=P256Signer.generate())

    world.station = await in_company(world, pair)
    assert (await show(app, world)).reason == "granted"


async def test_several_readers_paired_at_once(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is known at its first scan; strangers are not looked for each time."""
    assert (await show(app, world)).reason == "granted"
    for name in ("North", "South", "West"):
        lay = transaction.atomic(partial(lay_station, world.company, world.point, name))
        station = await in_company(world, lay)
        assert (await scan(app, station, await sync_to_async(world.code)())).reason == "granted"
    looks: list[int] = []
    refresh = Policies.refresh

    async def counted(self: Policies, copy: Copy, *told: Any, **named: Any) -> None:
        looks.append(copy.ref.id)
        await refresh(self, copy, *told, **named)

    monkeypatch.setattr(Policies, "refresh", counted)
    stranger = Station(world.company, 999, world.station.key)
    for _ in range(20):
        assert (await scan(app, stranger, "nothing")).status == 401
    assert 0 < len(looks) <= LOOKS


async def test_a_shorter_life_of_codes_counts_at_once(app: ScanApplication, world: World) -> None:
    assert (await show(app, world, age=25)).reason == "granted"
    await in_company(world, lambda: set_code_policy(code_life=15, by=BY))
    assert (await show(app, world, age=25)).reason == "expired"
    await in_company(world, lambda: set_code_policy(code_life=60, by=BY))
    assert (await show(app, world, age=45)).reason == "granted"


async def test_the_record_holds_and_decides_again(app: ScanApplication, world: World) -> None:
    """Leaf, batch hash and decision can all be made anew from what the database stores."""
    code = await sync_to_async(world.code)()
    await scan(app, world.station, code)
    await scan(app, world.station, code)
    await scan(app, world.station, "not a code")
    await show(app, world, credential=4711)
    await show(app, world, age=99)

    def check() -> None:
        rows = list(AccessEvent.objects.order_by("id").values(*COLUMNS, "leaf", "batch"))
        assert len(rows) == 5
        for row in rows:
            again = decide_again(row["facts"])
            assert (again.granted, again.reason) == (row["granted"], row["reason"])
            assert leaf_of_event(world.company.uid, row) == bytes(row["leaf"])
        for pending in PendingBatch.objects.filter(kind="scan"):
            leaves = [bytes(row["leaf"]) for row in rows if row["batch"] == pending.batch]
            assert (pending.count, bytes(pending.hash)) == (len(leaves), batch_hash(leaves))
        assert UsedCode.objects.count() == 1

    await in_company(world, check)


async def test_the_text_speaks_the_readers_language(app: ScanApplication, world: World) -> None:
    from tests.scanning.world import post

    body = world.station.body("no code")
    headers = [*world.station.headers(body), (b"accept-language", b"de-AT,de;q=0.9")]
    assert "Türcode" in (await post(app, headers, body)).told["text"]
