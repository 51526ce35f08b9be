"""Pass and proof at the door: one grant in all per proof, and what a thief of its parts gets."""

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from credentials.services import revoke_device
from readers.models import UsedCode
from readers.scanning.asgi import ScanApplication
from sallyport.codes.layout import from_text, to_text
from sallyport.codes.passes import PASS, PROOF_NONCE
from sallyport.keys import P256Signer
from sallyport.rules import decide_again
from tests.scanning.passes import Pocket, day_pass
from tests.scanning.test_verdicts import events, in_company, reasons
from tests.scanning.world import BY, World, check_signature, lay_station, scan

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def pocket(world: World) -> Pocket:
    return Pocket(world).renew()


def flipped(code: str) -> str:
    """The same proof in the other spelling of its signature: s replaced by n - s."""
    data = from_text(PASS, code)
    return to_text(PASS, data[:-32] + (ORDER - int.from_bytes(data[-32:], "big")).to_bytes(32, "big"))


async def used(world: World) -> list[tuple[int, int, int]]:
    return list(
        await in_company(world, lambda: list(UsedCode.objects.values_list("device", "issued", "nonce")))
    )


async def test_a_proof_opens_once(app: ScanApplication, world: World, pocket: Pocket) -> None:
    code = pocket.show(ago=3)
    first = await scan(app, world.station, code)
    second = await scan(app, world.station, code)
    assert (first.reason, second.reason) == ("granted", "replayed")
    await sync_to_async(check_signature)(world.company, world.station, code, first.told)
    granted, refused = await sync_to_async(events)(world)
    assert granted.device == world.device.handle
    assert await used(world) == [(world.device.handle, granted.issued, PROOF_NONCE)]
    for event in (granted, refused):
        assert decide_again(event.facts).reason == event.reason


async def test_the_other_spelling_of_a_proof_opens_nothing(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    code = pocket.show()
    assert (await scan(app, world.station, flipped(code))).reason == "bad_signature"
    assert (await scan(app, world.station, code)).reason == "granted"
    assert (await scan(app, world.station, flipped(code))).reason == "bad_signature"


async def test_two_tabs_in_one_second_are_one_grant(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    """Each tab makes its own proof (ECDSA is random), and both stand for the same second."""
    other = await in_company(world, lambda: _lay_back_door(world))
    at = int(time.time())
    tabs = [pocket.show(ago=int(time.time()) - at) for _ in range(2)]
    assert tabs[0] != tabs[1]
    told = await asyncio.gather(scan(app, world.station, tabs[0]), scan(app, other, tabs[1]))
    assert sorted(one.reason for one in told) == ["granted", "replayed"]


def _lay_back_door(world: World) -> Any:
    from django.db import transaction

    with transaction.atomic():
        return lay_station(world.company, world.point, "Back")


async def test_one_pass_opens_again_with_another_proof(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    for ago in (4, 3, 2):
        assert (await scan(app, world.station, pocket.show(ago=ago))).reason == "granted"


async def test_proofs_of_other_times(app: ScanApplication, world: World, pocket: Pocket) -> None:
    """Signed ahead, kept for later: a minute is all that a proof is good for."""
    assert (await scan(app, world.station, pocket.show(ago=-40))).reason == "not_yet_valid"
    await sync_to_async(pocket.renew)(issued=int(time.time()) - 3600)
    assert (await scan(app, world.station, pocket.show(ago=70))).reason == "expired"
    now = int(time.time())
    await sync_to_async(pocket.renew)(issued=now - 3600, expires=now - 20)
    assert (await scan(app, world.station, pocket.show())).reason == "expired"


async def test_a_copied_pass_without_the_key_of_its_phone(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    forged = pocket.show(key=P256Signer.generate())
    assert (await scan(app, world.station, forged)).reason == "bad_signature"


async def test_a_proof_over_another_pass(app: ScanApplication, world: World, pocket: Pocket) -> None:
    proof = from_text(PASS, pocket.show())[-68:]
    await sync_to_async(pocket.renew)(expires=int(time.time()) + 900)
    moved = to_text(PASS, pocket.sealed + proof)
    assert (await scan(app, world.station, moved)).reason == "bad_signature"


async def test_a_revoked_phone(app: ScanApplication, world: World, pocket: Pocket) -> None:
    await in_company(world, lambda: revoke_device(device=world.device, reason="lost", by=BY))
    assert (await scan(app, world.station, pocket.show())).reason == "device_revoked"


async def test_the_numbers_of_a_door_that_asks_for_none_are_passed_over(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    """A reader may say what it likes: only its area decides what a proof must be over."""
    code = pocket.show(challenge=17)
    assert (await scan(app, world.station, code, challenges=[17])).reason == "bad_signature"
    assert (await scan(app, world.station, pocket.show(), challenges=[17])).reason == "granted"


@pytest.mark.parametrize("told", [[1, 2, 3], [0], [10_000], [True], ["7"], [1.0], 7, None, {"7": 7}])
async def test_numbers_that_no_door_shows(
    app: ScanApplication, world: World, pocket: Pocket, told: Any
) -> None:
    refused = await scan(app, world.station, pocket.show(), challenges=told)
    assert (refused.status, refused.reason) == (400, "bad_challenges")
    assert await reasons(world) == []


async def test_a_day_pass_never_opens_alone(app: ScanApplication, world: World) -> None:
    code = await sync_to_async(day_pass)(world)
    for _ in range(2):
        assert (await scan(app, world.station, code)).reason == "second_factor_required"
    assert await used(world) == []
    assert await sync_to_async(events)(world) == []


async def test_a_day_pass_is_not_used_up(
    app: ScanApplication, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a door that stands unlocked it passes as any good credential: again and again, also in one batch."""
    await in_company(world, lambda: _unlock(world))
    code = await sync_to_async(day_pass)(world)
    assert (await scan(app, world.station, code)).reason == "granted"
    told = await asyncio.gather(*(scan(app, world.station, code) for _ in range(6)))
    assert {one.reason for one in told} == {"granted"}
    assert await used(world) == []
    assert await reasons(world) == ["granted"] * 7


def _unlock(world: World) -> None:
    from access import services as building

    building.edit_door(
        door=world.point.door, mode="unlocked_by_schedule", unlock_schedule=world.schedule, by=BY
    )
