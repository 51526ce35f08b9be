"""A door that takes faces asks for the consent first, and hears of a withdrawal with the next scan."""

import pytest
from asgiref.sync import sync_to_async

from access import services as building
from compliance.law import Change, Purpose
from compliance.models import NoticeVersion
from compliance.services import withdraw
from readers.scanning.asgi import ScanApplication
from sallyport.rules import decide_again
from tests.compliance.build import agree, publish, ready, whom
from tests.scanning.test_verdicts import events, in_company
from tests.scanning.world import BY, World, scan

FACE = Purpose.FACE


async def at_the_door(app: ScanApplication, world: World) -> str:
    return (await scan(app, world.station, await sync_to_async(world.code)())).reason


async def ask_for_faces(world: World) -> NoticeVersion:
    area = world.point.door.area

    def lay() -> NoticeVersion:
        building.edit_area(area=area, by=BY, assurance=3, equal_way="Ring.")
        ready()
        return publish()[1]

    return await in_company(world, lay)  # type: ignore[no-any-return]


async def test_without_consent_and_with_it(app: ScanApplication, world: World) -> None:
    notice = await ask_for_faces(world)
    assert await at_the_door(app, world) == "consent_missing"
    record = await in_company(world, lambda: agree(world.holder, notice))
    assert await at_the_door(app, world) == "face_required"
    person = whom(world.holder)
    await in_company(world, lambda: withdraw(person=person, record=record.pk, by=BY))
    assert await at_the_door(app, world) == "consent_missing"
    rows = await sync_to_async(events)(world)
    assert [event.reason for event in rows] == ["consent_missing", "face_required", "consent_missing"]
    assert ['"consent":true' in event.facts for event in rows] == [False, True, False]
    for event in rows:
        assert decide_again(event.facts).reason == event.reason


async def test_a_new_method_ends_it_at_the_door(app: ScanApplication, world: World) -> None:
    notice = await ask_for_faces(world)
    await in_company(world, lambda: agree(world.holder, notice))
    assert await at_the_door(app, world) == "face_required"
    await in_company(world, lambda: publish(FACE, "gdpr", Change.METHOD, word="something else"))
    assert await at_the_door(app, world) == "consent_missing"


@pytest.mark.parametrize("purpose", [Purpose.PHOTO, Purpose.DOOR_RECORD])
async def test_another_answer_is_none_for_the_face(
    app: ScanApplication, world: World, purpose: Purpose
) -> None:
    from tests.compliance.build import read

    await ask_for_faces(world)
    say = agree if purpose is Purpose.PHOTO else read
    other = await in_company(world, lambda: publish(purpose)[1])
    await in_company(world, lambda: say(world.holder, other))
    assert await at_the_door(app, world) == "consent_missing"


async def test_other_doors_ask_for_no_consent(app: ScanApplication, world: World) -> None:
    assert await at_the_door(app, world) == "granted"
    (event,) = await sync_to_async(events)(world)
    assert "consent" not in event.facts
