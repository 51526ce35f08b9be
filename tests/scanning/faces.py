"""A door that asks for a face, a person who has agreed and is enrolled, and a reader that takes frames."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from asgiref.sync import sync_to_async
from django.utils import timezone

from access import services as building
from biometrics.frames import Frame, write_frame
from biometrics.models import FaceTemplate, Supervision
from biometrics.services.templates import Enrolment, keep_template, model_of
from biometrics.templates import Vector
from compliance.models import ConsentRecord
from readers.scanning.asgi import FRAMES_PATH, ScanApplication
from tests.biometrics import mirror, puppet
from tests.compliance.build import agree, publish, ready, whom
from tests.scanning.test_verdicts import in_company
from tests.scanning.world import BY, Answered, World, post

WAY = "Ring at reception, ground floor."
PICTURE = b"\xff\xd8\xff a frame that only a mirror looks at"


def lay_face_door(world: World, *, challenge: bool = False, vector: Vector | None = None) -> ConsentRecord:
    """Inside the company: the area asks for a face, the holder has agreed and is enrolled."""
    building.edit_area(area=world.point.door.area, by=BY, assurance=4 if challenge else 3, equal_way=WAY)
    ready()
    record = agree(world.holder, publish()[1])
    enrol(world, record, puppet.vector(1) if vector is None else vector)
    return record


def enrol(
    world: World,
    record: ConsentRecord,
    vector: Vector,
    supervision: Supervision = Supervision.ATTENDED,
) -> FaceTemplate:
    """Keep a face of the world's holder."""
    made = Enrolment(np.asarray(vector, dtype=np.float64), model_of(mirror.MODEL), supervision, BY)
    return keep_template(person=whom(world.holder), enrolment=made, consent=record.pk, now=timezone.now())


@dataclass
class Capture:
    """A capture at the door as the reader page goes through it."""

    app: ScanApplication
    world: World
    code: str
    counter: int
    asked: Answered

    @property
    def face(self) -> dict[str, Any]:
        found: dict[str, Any] = self.asked.told["face"]
        return found

    async def frame(
        self, picture: bytes = PICTURE, *, sequence: int | None = None, nonce: bytes = b""
    ) -> Answered:
        """Send one frame; `sequence` is the one that is expected unless given."""
        own = urlsafe_b64decode(self.face["nonce"] + "==")
        number = self.face["sequence"] if sequence is None else sequence
        body = write_frame(Frame(UUID(self.face["session"]), nonce or own, number, picture))
        answered = await send_frame(self.app, self.world, body)
        if sequence is None and "sequence" in answered.told:
            self.face["sequence"] = answered.told["sequence"]
        return answered

    async def end(self, face: object = None) -> Answered:
        """Ask for the verdict under the same event."""
        body = self.world.station.body(self.code, counter=self.counter, face=face or self.face["session"])
        return await post(self.app, self.world.station.headers(body), body)


async def send_frame(app: ScanApplication, world: World, body: bytes) -> Answered:
    """Bytes to the frames' route, signed by the reader."""
    url = f"http://{world.company.host}{FRAMES_PATH}"
    return await post(app, world.station.headers(body, url=url), body, path=FRAMES_PATH)


async def show(app: ScanApplication, world: World, code: str, counter: int | None = None) -> Capture:
    """Show a code at a reader that takes faces."""
    body = world.station.body(code, counter=counter, face=True)
    asked = await post(app, world.station.headers(body), body)
    return Capture(app, world, code, json.loads(body)["counter"], asked)


async def laid(world: World, **how: Any) -> Any:
    """`lay_face_door`, for a coroutine."""
    return await in_company(world, lambda: lay_face_door(world, **how))


async def code_of(world: World, **how: Any) -> str:
    """A fresh code, for a coroutine."""
    return str(await sync_to_async(world.code)(**how))
