"""A face at the door: asked for without an event, looked at, written once with what came of it."""

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from access.models.alarms import Alarm
from biometrics.desk_texts import text_of
from biometrics.engine.codes import FaceCode
from biometrics.models import FaceSession, FaceTemplate
from compliance.services import withdraw
from readers.models import UsedCode
from readers.scanning.asgi import ScanApplication
from sallyport.rules import decide_again
from tests.biometrics import puppet
from tests.biometrics.mirror import MODEL, Mirror
from tests.compliance.build import agree, whom
from tests.scanning.faces import WAY, code_of, enrol, laid, send_frame, show
from tests.scanning.test_verdicts import events, in_company
from tests.scanning.world import BY, Station, World, check_signature, lay_station, scan

pytestmark = pytest.mark.asyncio


async def reasons(world: World) -> list[tuple[int, str, int]]:
    rows = await sync_to_async(events)(world)
    return [(event.counter, event.reason, event.assurance) for event in rows]


async def test_the_face_opens(app: ScanApplication, world: World, mirror: Mirror) -> None:
    await laid(world)
    code = await code_of(world)
    capture = await show(app, world, code)
    assert (capture.asked.status, capture.asked.told["granted"], capture.asked.reason) == (
        200,
        False,
        "face_required",
    )
    await sync_to_async(check_signature)(world.company, world.station, code, capture.asked.told)
    assert capture.face["equal_way"] == WAY
    assert (capture.face["step"], capture.face["of"]) == ({"move": "centre", "colour": ""}, 1)
    assert await reasons(world) == []
    assert await in_company(world, UsedCode.objects.count) == 0
    told = (await capture.frame()).told
    assert (told["phase"], told["done"], told["of"]) == ("passed", 1, 1)
    verdict = await capture.end()
    assert (verdict.told["granted"], verdict.reason) == (True, "granted")
    await sync_to_async(check_signature)(world.company, world.station, code, verdict.told)
    assert await reasons(world) == [(1, "granted", 3)]
    (event,) = await sync_to_async(events)(world)
    assert '"face":"matched"' in event.facts
    assert decide_again(event.facts).reason == "granted"
    # Asked again it says the same; the code is used.
    assert (await capture.end()).told["granted"]
    assert (await show(app, world, code)).asked.reason == "replayed"


async def test_who_agreed_a_moment_ago_is_asked_for_the_face(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    """This process has decided about the person before the consent: it looks again before it asks nothing."""
    record = await laid(world)
    await in_company(world, lambda: withdraw(person=whom(world.holder), record=record.pk, by=BY))
    asked = (await show(app, world, await code_of(world))).asked
    assert (asked.reason, asked.told["equal_way"]) == ("consent_missing", WAY)

    def again() -> None:
        enrol(world, agree(world.holder, record.notice), puppet.vector(1))

    await in_company(world, again)
    capture = await show(app, world, await code_of(world))
    assert (await capture.frame()).told["phase"] == "passed"
    assert (await capture.end()).reason == "granted"


async def test_another_face_is_refused(app: ScanApplication, world: World, mirror: Mirror) -> None:
    await laid(world)
    capture = await show(app, world, await code_of(world))
    mirror.stand(person=2)
    told = (await capture.frame()).told
    assert (told["phase"], told["code"]) == ("failed", "face_mismatch")
    assert (await capture.end()).reason == "face_mismatch"
    assert await reasons(world) == [(1, "face_mismatch", 1)]
    (event,) = await sync_to_async(events)(world)
    assert decide_again(event.facts).reason == "face_mismatch"
    # The code was not used up: whose face it is may show it again.
    mirror.stand(person=1)
    again = await show(app, world, capture.code)
    await again.frame()
    assert (await again.end()).reason == "granted"


async def test_a_turn_is_asked_for_where_the_area_says_so(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world, challenge=True)
    capture = await show(app, world, await code_of(world))
    assert capture.face["of"] == 3
    first = (await capture.frame()).told
    assert (first["phase"], first["done"]) == ("running", 1)
    assert first["step"]["move"] in {"turn_left", "turn_right"}
    # Who does not turn does not pass, however often the frame comes.
    assert (await capture.frame()).told["done"] == 1
    assert (await capture.end()).reason == "liveness_failed"
    assert (await capture.frame()).status == 409
    assert await reasons(world) == [(1, "liveness_failed", 1)]


async def test_a_look_is_no_turn(app: ScanApplication, world: World, mirror: Mirror) -> None:
    """The area asks for more while somebody stands there: what was matched is not enough any more."""
    from access.services import edit_area

    await laid(world)
    capture = await show(app, world, await code_of(world))
    await capture.frame()
    area = world.point.door.area
    await in_company(world, lambda: edit_area(area=area, by=BY, assurance=4))
    assert (await capture.end()).reason == "face_required"


async def test_without_a_face_reader_it_is_written_as_it_is(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world)
    code = await code_of(world)
    assert (await scan(app, world.station, code)).reason == "face_required"
    assert await reasons(world) == [(1, "face_required", 1)]
    # Giving up does the same, under the number that was asked about.
    capture = await show(app, world, await code_of(world))
    given_up = await scan(app, world.station, capture.code, counter=capture.counter)
    assert given_up.reason == "face_required"
    assert (await reasons(world))[1:] == [(2, "face_required", 1)]


async def test_who_is_not_enrolled_is_told_the_other_way(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world)
    await in_company(world, lambda: FaceTemplate.objects.all().delete())
    asked = (await show(app, world, await code_of(world))).asked
    assert (asked.reason, asked.told["face_refused"], asked.told["equal_way"]) == (
        "face_required",
        "face_not_enrolled",
        WAY,
    )
    assert await reasons(world) == [(1, "face_required", 1)]


async def test_a_face_that_nobody_confirmed_does_not_open(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world)
    await in_company(world, lambda: FaceTemplate.objects.update(verified_at=None, verified_by=""))
    asked = (await show(app, world, await code_of(world))).asked
    assert asked.told["face_refused"] == "face_not_confirmed"


@pytest.mark.parametrize("when", ["before the frame", "after the match"])
async def test_consent_withdrawn_meanwhile(
    app: ScanApplication, world: World, mirror: Mirror, when: str
) -> None:
    record = await laid(world)
    capture = await show(app, world, await code_of(world))

    async def leave() -> None:
        await in_company(world, lambda: withdraw(person=whom(world.holder), record=record.pk, by=BY))

    if when == "before the frame":
        await leave()
        assert (await capture.frame()).status == 409
    else:
        assert (await capture.frame()).told["phase"] == "passed"
        await leave()
    assert (await capture.end()).reason == "consent_missing"
    kept = await in_company(world, lambda: list(FaceTemplate.objects.values("salt", "sealed")))
    assert kept == [{"salt": None, "sealed": None}]


async def test_a_capture_serves_its_event_alone(app: ScanApplication, world: World, mirror: Mirror) -> None:
    """Another code, another number, another reader: none takes the face of this one."""
    await laid(world)
    capture = await show(app, world, await code_of(world))
    await capture.frame()
    other = await show(app, world, await code_of(world))
    stolen = await other.end(face=capture.face["session"])
    assert stolen.reason == "liveness_failed"

    def second_reader() -> Station:
        with transaction.atomic():
            return lay_station(world.company, world.point, "Second")

    third = await in_company(world, second_reader)
    ours, world.station = world.station, third
    elsewhere = await show(app, world, await code_of(world))
    assert (await elsewhere.end(face=capture.face["session"])).reason == "liveness_failed"
    assert (await capture.frame()).status == 409  # nor does another reader feed it
    world.station = ours
    assert (await capture.end()).reason == "granted"


async def test_frames_that_are_none(app: ScanApplication, world: World, mirror: Mirror) -> None:
    await laid(world)
    capture = await show(app, world, await code_of(world))
    assert (await capture.frame(nonce=bytes(16))).told["code"] == "liveness_failed"
    assert (await send_frame(app, world, b"short")).told["code"] == "no_frame"
    assert (await send_frame(app, world, bytes(3_000_000))).status == 413
    # A frame out of its row is not looked at, and the page is told which one is next.
    for number in (1, 7):
        told = (await capture.frame(sequence=number)).told
        assert (told["phase"], told["hint"], told["sequence"]) == ("running", "out_of_order", 0)
    assert mirror.looked == 0
    assert (await capture.frame()).told["phase"] == "passed"


@pytest.mark.parametrize(
    "code", [FaceCode.PICTURE_BROKEN, FaceCode.PICTURE_KIND, FaceCode.PICTURE_PIXELS, FaceCode.FACE_FAILED]
)
async def test_a_picture_that_is_none_does_not_count(
    app: ScanApplication, world: World, mirror: Mirror, code: FaceCode
) -> None:
    await laid(world)
    capture = await show(app, world, await code_of(world))
    mirror.refuse = code
    told = (await capture.frame()).told
    assert (told["phase"], told["hint"], told["sequence"]) == ("running", code.value, 0)
    assert told["text"] == text_of(code.value, "en")
    mirror.refuse = None
    assert (await capture.frame()).told["phase"] == "passed"


async def test_a_full_house_is_busy_and_blames_nobody(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world)
    capture = await show(app, world, await code_of(world))
    mirror.refuse = FaceCode.FACE_BUSY
    assert (await capture.frame()).told["hint"] == "face_busy"
    assert (await capture.end()).reason == "face_busy"
    assert await reasons(world) == [(1, "face_busy", 1)]
    failed = await in_company(world, lambda: FaceSession.objects.get().outcome)
    assert failed == "face_busy"


async def test_five_failures_lock_the_holder_out_and_say_so(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world)
    mirror.stand(person=2)
    for _ in range(5):
        capture = await show(app, world, await code_of(world))
        await capture.frame()
        assert (await capture.end()).reason == "face_mismatch"
    mirror.stand(person=1)
    asked = (await show(app, world, await code_of(world))).asked
    assert (asked.reason, asked.told["face_refused"]) == ("face_required", "face_locked")
    alarms = await in_company(world, lambda: list(Alarm.objects.values_list("kind", flat=True)))
    assert alarms == ["FACE_LOCKED_OUT"]


async def test_a_template_that_does_not_open_is_an_alarm_and_no_trace(
    app: ScanApplication, world: World, mirror: Mirror, caplog: pytest.LogCaptureFixture
) -> None:
    await laid(world)

    def spoil() -> None:
        row = FaceTemplate.objects.get()
        bad = bytearray(row.sealed or b"")
        bad[30] ^= 1
        FaceTemplate.objects.update(sealed=bytes(bad))

    await in_company(world, spoil)
    capture = await show(app, world, await code_of(world))
    assert (await capture.frame()).told["code"] == "face_mismatch"
    assert (await capture.end()).reason == "face_mismatch"
    alarms = await in_company(world, lambda: list(Alarm.objects.values_list("kind", flat=True)))
    assert alarms == ["TEMPLATE_UNREADABLE"]
    assert "Traceback" not in caplog.text


async def test_another_model_matches_nothing(app: ScanApplication, world: World, mirror: Mirror) -> None:
    await laid(world)
    mirror.model = type(MODEL)(MODEL.name, "of another version", MODEL.dimensions)
    capture = await show(app, world, await code_of(world))
    assert (await capture.frame()).told["code"] == "face_mismatch"


async def test_the_code_is_judged_as_of_when_it_was_shown(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    """The capture may take longer than the code lives: as long as it was good when it was shown."""
    from datetime import timedelta

    from django.db.models import F

    await laid(world)
    code = await code_of(world, age=27)
    capture = await show(app, world, code)
    await capture.frame()
    # As if it had been shown ten seconds before: the code is 37 s old at the end, and was 27 s at the door.
    await in_company(
        world, lambda: FaceSession.objects.update(begun_at=F("begun_at") - timedelta(seconds=10))
    )
    mine = await code_of(world, age=29)
    assert (await capture.end()).reason == "granted"
    late = await show(app, world, mine)
    await late.frame()
    await in_company(
        world,
        lambda: FaceSession.objects.filter(ended_at__isnull=False).update(
            begun_at=F("begun_at") - timedelta(seconds=30)
        ),
    )
    assert (await late.end()).reason == "liveness_failed"
