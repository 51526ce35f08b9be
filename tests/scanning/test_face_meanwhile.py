"""What a face at the door rests on goes away before the verdict, or nobody can look: nothing opens."""

from typing import Any

import pytest
from django.utils import timezone

from access.models.alarms import Alarm
from access.services import edit_area
from biometrics import selectors
from biometrics.engine.codes import FaceCode
from biometrics.engine.interface import Model
from biometrics.models import FaceSession, FaceTemplate, Supervision
from biometrics.services import take_back_confirmation
from biometrics.services.sessions import state_of
from compliance.services import withdraw
from readers.scanning.asgi import FRAMES_PATH, ScanApplication
from tests.biometrics import puppet
from tests.biometrics.mirror import MODEL, Mirror
from tests.compliance.build import whom
from tests.scanning.faces import code_of, enrol, laid, show
from tests.scanning.test_verdicts import in_company
from tests.scanning.world import BY, World

pytestmark = pytest.mark.asyncio


async def test_giving_up_leaves_nothing_of_the_face(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    await laid(world, challenge=True)
    capture = await show(app, world, await code_of(world))
    await capture.frame()

    def state() -> Any:
        return state_of(FaceSession.objects.get())

    assert len((await in_company(world, state)).straight) == 1
    assert (await capture.end()).reason == "liveness_failed"
    left = await in_company(world, state)
    assert (left.straight, left.first_embedding, left.last_embedding) == ((), None, None)


async def test_busy_times_lock_nobody_out(app: ScanApplication, world: World, mirror: Mirror) -> None:
    await laid(world)
    mirror.refuse = FaceCode.FACE_BUSY
    for _ in range(6):
        capture = await show(app, world, await code_of(world))
        await capture.frame()
        assert (await capture.end()).reason == "face_busy"
    assert not await in_company(world, Alarm.objects.exists)
    mirror.refuse = None
    assert "face" in (await show(app, world, await code_of(world))).asked.told


async def test_a_face_of_another_model_is_asked_for_no_frame(
    app: ScanApplication, world: World, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    await laid(world)
    monkeypatch.setattr(selectors, "model_now", lambda: Model(MODEL.name, "newer", MODEL.dimensions))
    asked = (await show(app, world, await code_of(world))).asked
    assert asked.told["face_refused"] == "face_outdated"


async def test_a_match_falls_with_what_it_rests_on(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    """Between the match and the verdict: the confirmation is taken back, another face is enrolled, the area
    asks for more.
    """
    record = await laid(world)

    def take_back() -> None:
        FaceTemplate.objects.update(supervision=Supervision.PHONE)
        take_back_confirmation(person=whom(world.holder), by=BY, now=timezone.now())

    def be_stricter() -> None:
        edit_area(area=world.point.door.area, by=BY, face_match="high")

    for meanwhile in (be_stricter, lambda: enrol(world, record, puppet.vector(1)), take_back):
        capture = await show(app, world, await code_of(world))
        assert (await capture.frame()).told["phase"] == "passed"
        await in_company(world, meanwhile)
        assert (await capture.end()).reason == "liveness_failed"


async def test_withdrawn_while_the_frame_is_looked_at(
    app: ScanApplication, world: World, mirror: Mirror
) -> None:
    record = await laid(world)
    capture = await show(app, world, await code_of(world))
    mirror.before = lambda: withdraw(person=whom(world.holder), record=record.pk, by=BY)
    assert (await capture.frame()).status == 409
    assert (await capture.end()).reason == "consent_missing"


async def test_a_stranger_is_not_listened_to(app: ScanApplication, world: World, mirror: Mirror) -> None:
    """Two megabytes are read for a reader of the house, and for nobody else."""
    headers = world.station.headers(b"", keyid=f"reader:{world.company.id}:99")
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": FRAMES_PATH, "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    assert sent[0]["status"] == 401
