"""The five friends' stockpile: one phone makes codes for five who follow, and what stops them.

One sentence of the area's form after the other, word by word, and beside each what doors do.
"""

import time
from collections.abc import Iterable

import pytest
from asgiref.sync import sync_to_async

from access import services as building
from access.area_form import AreaForm
from access.area_texts import CHALLENGE
from credentials.services import revoke_device
from readers.scanning.asgi import ScanApplication
from sallyport.codes import prove
from tests.scanning.passes import Pocket, day_pass
from tests.scanning.test_verdicts import in_company
from tests.scanning.world import BY, World, scan

FRIENDS = 5
SHOWN = [4711, 815]  # the number that the door shows now, and the one before it
NEXT = [2718, 4711]  # half a minute later
WORDS = (
    "Without it, a code opens wherever it is shown first.",
    "Without it, a live code can be passed on within its seconds (relay).",
    "Without it, one phone can make several codes and hand them to friends who follow: one each few seconds, "
    "as many as live at once. A phone without signal can sign proofs ahead for any time until its pass ends, "
    "and hand them out. Revoking the phone stops all of these at once.",
    "With it, only a proof over the number that this door shows now opens: what was made before, or for "
    "another door, does not, and neither do live codes and day passes.",
    "What remains: somebody at the door who tells the number to the phone and gets its answer back within "
    "seconds, and a holder who signs every number for one moment in advance.",
)


@pytest.fixture
def pocket(world: World) -> Pocket:
    return Pocket(world).renew()


def ahead(pocket: Pocket, seconds: Iterable[int], challenge: int = 0) -> list[str]:
    """Proofs for moments from now on, signed now."""
    now = int(time.time())
    company = pocket.world.company.uid
    return [
        prove(pocket.sealed, company=company, at=now + second, key=pocket.key, challenge=challenge)
        for second in seconds
    ]


async def minted(world: World) -> list[str]:
    """Live codes of one phone, five seconds apart, as many as live at once."""
    return [await sync_to_async(world.code)(age=5 * friend) for friend in range(FRIENDS)]


async def shown(
    app: ScanApplication, world: World, codes: Iterable[str], numbers: list[int] | None = None
) -> list[str]:
    """What the door says to each, one after the other."""
    other = {} if numbers is None else {"challenges": numbers}
    return [(await scan(app, world.station, code, **other)).reason for code in codes]


async def ask_number(world: World, asks: bool) -> None:
    area = world.point.door.area
    await in_company(world, lambda: building.edit_area(area=area, by=BY, door_challenge=asks))


def test_the_form_says_what_the_following_tests_show() -> None:
    assert "\n".join(WORDS) == CHALLENGE
    assert AreaForm.base_fields["door_challenge"].help_text == CHALLENGE


async def test_without_the_number_all_five_pass_once_each(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    codes = await minted(world)
    assert await shown(app, world, codes) == ["granted"] * FRIENDS  # shown by whoever was first
    assert await shown(app, world, codes) == ["replayed"] * FRIENDS
    proofs = ahead(pocket, range(0, 25, 5))
    assert await shown(app, world, proofs) == ["granted"] * FRIENDS
    assert await shown(app, world, proofs) == ["replayed"] * FRIENDS


async def test_a_proof_for_later_waits_and_none_outlives_the_pass(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    later = ahead(pocket, (120, 240, 480))
    assert await shown(app, world, later) == ["not_yet_valid"] * 3
    now = int(time.time())
    await sync_to_async(pocket.renew)(issued=now - 700, expires=now - 60)
    assert await shown(app, world, ahead(pocket, (-62, 0))) == ["expired"] * 2
    await sync_to_async(pocket.renew)()
    # When a proof was signed it does not say: at its moment one that was signed ahead opens like any other.
    assert await shown(app, world, ahead(pocket, (-10,))) == ["granted"]


async def test_revoking_the_phone_stops_what_was_handed_out_already(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    codes, proofs = await minted(world), ahead(pocket, range(0, 25, 5))
    assert await shown(app, world, [codes[0], proofs[0]]) == ["granted"] * 2
    await in_company(world, lambda: revoke_device(device=world.device, reason="stolen", by=BY))
    assert set(await shown(app, world, codes[1:] + proofs[1:])) == {"device_revoked"}


async def test_with_the_number_the_stockpile_is_worth_nothing(
    app: ScanApplication, world: World, pocket: Pocket
) -> None:
    await ask_number(world, True)
    paper = await sync_to_async(day_pass)(world)
    stock = [*await minted(world), paper, *ahead(pocket, range(0, 25, 5)), *ahead(pocket, (6, 7), 1234)]
    assert set(await shown(app, world, stock, SHOWN)) == {"wrong_door"}
    here = ahead(pocket, (1, 2), 4711)
    assert await shown(app, world, [here[0]], SHOWN) == ["granted"]
    assert await shown(app, world, [here[0]], SHOWN) == ["replayed"]
    assert await shown(app, world, [here[1]], [2718, 3141]) == ["wrong_door"]  # the door has moved on


async def test_what_remains_with_the_number(app: ScanApplication, world: World, pocket: Pocket) -> None:
    await ask_number(world, True)
    # A friend at the door reads out the number, and the answer comes back while it stands there.
    assert await shown(app, world, ahead(pocket, (0,), 4711), SHOWN) == ["granted"]
    # Every number signed for one moment: whichever the door shows then, one of them opens.
    moment = [*ahead(pocket, (9,), 1000), *ahead(pocket, (9,), 2718), *ahead(pocket, (9,), 9999)]
    assert await shown(app, world, moment, NEXT) == ["wrong_door", "granted", "wrong_door"]
