"""A day pass at the door: the PIN is asked for without an event, counted before the answer, written once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from access import services as building
from access.models import AccessEvent
from credentials.paper import DayPass, DayPassState
from credentials.services import IssuedDayPass, check_pin, revoke_day_pass, suspend_holder
from readers.models import UsedCode
from readers.scanning import second
from readers.scanning.asgi import ScanApplication
from sallyport.rules import decide_again
from tenants import context
from tests import cast
from tests.scanning.passes import digits, issue
from tests.scanning.world import (
    BY,
    Answered,
    Station,
    World,
    check_signature,
    lay_station,
    lay_world,
    post,
    scan,
)

ASKED = "second_factor_required"


def wrong(pin: str, by: int = 1) -> str:
    return f"{(int(pin) + by) % 10**6:06d}"


async def inside(world: World, work: Any) -> Any:
    def entered() -> Any:
        with context.enter(world.company):
            return work()

    return await sync_to_async(entered)()


async def events(world: World) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = await inside(
        world, lambda: list(AccessEvent.objects.order_by("id").values_list("counter", "reason"))
    )
    return found


async def tries(world: World) -> int:
    counted: int = await inside(world, lambda: DayPass.objects.get().tries)
    return counted


async def give(
    app: ScanApplication, station: Station, code: str, pin: Any, counter: int | None = None
) -> Answered:
    """Present a code with a PIN, under the station's last event id unless another is given."""
    body = station.body(code, counter=counter or station.counter, pin=pin)
    return await post(app, station.headers(body), body)


@pytest_asyncio.fixture
async def issued(world: World) -> IssuedDayPass:
    return await sync_to_async(issue)(world)


@pytest_asyncio.fixture
async def code(world: World, issued: IssuedDayPass) -> str:
    return await sync_to_async(digits)(world, issued)


async def test_asked_then_granted_under_one_event(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    for _ in range(2):
        asked = await scan(app, world.station, code, counter=1)
        assert (asked.status, asked.told["granted"], asked.reason) == (200, False, ASKED)
        assert asked.told["pulse_ms"] == 0
        await sync_to_async(check_signature)(world.company, world.station, code, asked.told)
    assert await events(world) == []
    granted = await give(app, world.station, code, issued.pin, counter=1)
    assert (granted.told["granted"], granted.reason, granted.told["pulse_ms"]) == (True, "granted", 3000)
    await sync_to_async(check_signature)(world.company, world.station, code, granted.told)
    assert await events(world) == [(1, "granted")]
    assert await inside(world, UsedCode.objects.count) == 0
    facts = await inside(world, lambda: AccessEvent.objects.get().facts)
    assert decide_again(facts).granted
    # It is not used up: the next door asks again and opens again.
    assert (await scan(app, world.station, code, counter=2)).reason == ASKED
    assert (await give(app, world.station, code, issued.pin, counter=2)).reason == "granted"
    assert await tries(world) == 0


async def test_wrong_five_times_then_suspended_even_with_the_right_one(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    reasons = []
    for counter in range(1, 6):
        assert (await scan(app, world.station, code, counter=counter)).reason == ASKED
        reasons.append((await give(app, world.station, code, wrong(issued.pin), counter)).reason)
    assert reasons == ["second_factor_wrong"] * 4 + ["credential_suspended"]
    assert (await give(app, world.station, code, issued.pin, 6)).reason == "credential_suspended"
    assert (await scan(app, world.station, code, counter=7)).reason == "credential_suspended"
    assert [counter for counter, _ in await events(world)] == [1, 2, 3, 4, 5, 6, 7]
    assert await inside(world, lambda: DayPass.objects.get().state) == DayPassState.SUSPENDED


async def test_from_twenty_readers_at_once_only_five_are_tried(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    def lay() -> list[Station]:
        return [lay_station(world.company, world.point, f"Reader {n}") for n in range(20)]

    stations = await inside(world, transaction.atomic(lay))
    found = await asyncio.gather(
        *(give(app, station, code, wrong(issued.pin, n + 1), 1) for n, station in enumerate(stations))
    )
    reasons = [one.reason for one in found if one.status == 200]
    assert set(reasons) <= {"second_factor_wrong", "credential_suspended"}
    assert reasons.count("second_factor_wrong") <= 5
    assert await tries(world) == 5
    assert (await give(app, world.station, code, issued.pin, 1)).reason == "credential_suspended"


async def test_one_event_asked_twice_is_one_try_and_one_event(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    bad = wrong(issued.pin)
    both = await asyncio.gather(*(give(app, world.station, code, bad, 1) for _ in range(3)))
    assert {one.reason for one in both} == {"second_factor_wrong"}
    assert await tries(world) == 1
    # What was told stays told, whatever comes after it under the same id.
    assert (await give(app, world.station, code, issued.pin, 1)).reason == "second_factor_wrong"
    assert (await scan(app, world.station, code, counter=1)).reason == "second_factor_wrong"
    assert await tries(world) == 1
    assert await events(world) == [(1, "second_factor_wrong")]
    other = await sync_to_async(digits)(world, await sync_to_async(issue)(world))
    assert (await scan(app, world.station, other, counter=1)).status == 422


async def test_nobody_typed_a_pin(app: ScanApplication, world: World, code: str) -> None:
    """The reader says so, and its count stays without a gap."""
    assert (await scan(app, world.station, code, counter=1)).reason == ASKED
    given_up = await give(app, world.station, code, "", 1)
    assert (given_up.told["granted"], given_up.reason) == (False, ASKED)
    assert await events(world) == [(1, ASKED)]
    assert await tries(world) == 0


async def test_revoked_between_question_and_pin(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    assert (await scan(app, world.station, code, counter=1)).reason == ASKED
    await inside(world, lambda: revoke_day_pass(day_pass=issued.day_pass, by=BY))
    answered = await give(app, world.station, code, issued.pin, 1)
    assert (answered.told["granted"], answered.reason) == (False, "credential_revoked")
    assert await tries(world) == 0


async def test_a_revoked_pass_is_dead_at_an_open_door_too(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    """No PIN is asked there: the state alone must refuse it."""

    def unlock() -> None:
        door = world.point.door
        door.mode, door.unlock_schedule = "unlocked_by_schedule", world.schedule
        door.save()

    await inside(world, unlock)
    assert (await scan(app, world.station, code, counter=1)).reason == "granted"
    await inside(world, lambda: revoke_day_pass(day_pass=issued.day_pass, by=BY))
    assert (await scan(app, world.station, code, counter=2)).reason == "credential_revoked"


async def test_revoked_while_the_pin_was_good(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revocation commits after the PIN was found right and before the grant: it is not missed."""

    def revoke_after(**asked: Any) -> Any:
        checked = check_pin(**asked)
        revoke_day_pass(day_pass=issued.day_pass, by=BY)
        return checked

    monkeypatch.setattr(second, "check_pin", revoke_after)
    answered = await give(app, world.station, code, issued.pin, 1)
    assert (answered.told["granted"], answered.reason) == (False, "credential_revoked")


@pytest.mark.parametrize(("begins", "ends", "reason"), [(60, 3600, "not_yet_valid"), (-3600, -60, "expired")])
async def test_outside_its_window(
    app: ScanApplication, world: World, begins: int, ends: int, reason: str
) -> None:
    def make() -> tuple[IssuedDayPass, str]:
        made = issue(world)
        shift = {"begins": begins, "ends": ends}
        with context.enter(world.company):
            for name, seconds in shift.items():
                setattr(made.day_pass, name, timezone.now() + timedelta(seconds=seconds))
            made.day_pass.save()
        return made, digits(world, made)

    made, shown = await sync_to_async(make)()
    assert (await give(app, world.station, shown, made.pin, 1)).reason == reason
    assert await tries(world) == 0


async def test_a_pin_without_a_day_pass_changes_nothing(
    app: ScanApplication, world: World, issued: IssuedDayPass
) -> None:
    live = await sync_to_async(world.code)()
    assert (await give(app, world.station, live, issued.pin, 1)).reason == "granted"
    assert await tries(world) == 0


async def test_what_is_refused_anyway_costs_no_try_and_tells_nothing(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    await inside(world, lambda: suspend_holder(holder=world.holder, by=BY))
    for counter, pin in ((1, issued.pin), (2, wrong(issued.pin))):
        assert (await give(app, world.station, code, pin, counter)).reason == "holder_inactive"
    assert await tries(world) == 0


async def test_another_companys_pass_and_pin(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    def found() -> tuple[World, IssuedDayPass, Any]:
        company = cast.sign_up_fresh()
        other = lay_world(company.ref())
        return other, issue(other), company

    other, theirs, company = await sync_to_async(found)()
    try:
        assert theirs.day_pass.handle == issued.day_pass.handle
        answered = await give(app, other.station, code, issued.pin, 1)
        assert answered.reason == "wrong_company"
        if theirs.pin != issued.pin:
            shown = await sync_to_async(digits)(other, theirs)
            assert (await give(app, other.station, shown, issued.pin, 2)).reason == "second_factor_wrong"
        assert await tries(world) == 0
    finally:
        await sync_to_async(cast.remove)(company)


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345a", "１２３４５６", 123456, [], True, "-12345"])
async def test_what_is_no_pin_is_no_request(app: ScanApplication, world: World, code: str, pin: Any) -> None:
    answered = await give(app, world.station, code, pin, 1)
    assert (answered.status, answered.reason) == (400, "bad_pin")
    assert await events(world) == []


async def test_an_area_that_asks_for_a_face_asks_for_no_pin(
    app: ScanApplication, world: World, issued: IssuedDayPass, code: str
) -> None:
    def ask_for_faces() -> None:
        building.edit_area(area=world.point.door.area, assurance=3, equal_way="Ring.", by=BY)

    await inside(world, ask_for_faces)
    assert (await give(app, world.station, code, issued.pin, 1)).reason == "consent_missing"
    assert await tries(world) == 0
