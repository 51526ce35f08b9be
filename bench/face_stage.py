"""A company with a face door, for the bench of doors. Needs Django."""

import asyncio
import base64
import json
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageEnhance

from access import services as building
from access.models import AccessPoint
from bench.face import FRAME
from bench.rotation_stage import sign_up_companies
from biometrics.engine.looking import Want
from biometrics.engine.vectors import enrolment_vector
from biometrics.frames import Frame, write_frame
from biometrics.house_pool import close_house_pool, house_pool
from biometrics.models import Supervision
from biometrics.services.templates import Enrolment, keep_template, model_of
from compliance.law import Purpose
from compliance.models import NoticeDraft
from compliance.services import Said, give_consent, publish_notice, save_draft, set_policy
from compliance.wording import digest
from credentials.models import Credential, Device, DeviceState, Holder
from credentials.services import add_holder
from credentials.services.consents import person_of
from ledger.services import next_handle
from readers.keyids import keyid
from readers.models import Reader, ReaderKind, ReaderState
from readers.scanning.asgi import FRAMES_PATH, ScanApplication
from readers.scanning.desk import Setup
from readers.scanning.setup import conninfo
from sallyport.codes import LiveContents, mint_live
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer, P256Signer, thumbprint
from tenants import context
from tenants.celery import active_companies
from tenants.refs import CompanyRef
from vault import selectors as vault

BY = "operator:bench"
SCANS = "/api/v1/scans"
PATIENCE = 120.0


@dataclass
class Door:
    """A reader with its count."""

    handle: int
    key: Ed25519Signer
    counter: int = 0


@dataclass
class House:
    """What there is in the company."""

    company: CompanyRef
    credential: Credential
    device: Device
    doors: list[Door]
    nonce: int = 0
    busy: int = 0  # verdicts that said so

    def code(self) -> str:
        """A fresh one."""
        self.nonce += 1
        live = LiveContents(
            self.credential.handle,
            self.device.handle,
            self.credential.profile,
            0,
            int(time.time()),
            self.nonce,
        )
        with context.enter(self.company):
            return mint_live(live, vault.minting_keys())


def build(doors: int) -> House:
    """Company, area, doors, readers, a person who has agreed and is enrolled from the photograph."""
    sign_up_companies(1)
    company = next(one for one in active_companies() if one.subdomain.startswith("bench-"))
    with context.enter(company), transaction.atomic():
        site = building.add_site(name="House", time_zone="UTC", by=BY)
        area = building.add_area(site=site, name="Vault", assurance=3, equal_way="Ring.", by=BY)
        schedule = building.add_schedule(name="Always", intervals=[[day, 0, 1440] for day in range(7)], by=BY)
        points = [
            building.add_door(area=area, name=f"Door {number}", by=BY).access_points.get()
            for number in range(doors)
        ]
        level = building.add_level(name="Staff", rules=[(point, schedule) for point in points], by=BY)
        holder = add_holder(name="Henri Holder", email="henri@bench.example", by=BY)
        building.grant_level(holder=holder, level=level, by=BY)
        device = _phone(holder)
        _enrol(holder, device)
        credential = Credential.objects.get(holder=holder, state="ACTIVE")
        return House(company, credential, device, [_reader(point) for point in points])


def _phone(holder: Holder) -> Device:
    key = P256Signer.generate().public
    return Device.objects.create(
        handle=next_handle("device"),
        holder=holder,
        public_key=key.raw,
        thumbprint=thumbprint(key),
        label="Phone",
        state=DeviceState.ACTIVE,
        enrolled_at=timezone.now(),
    )


def _reader(point: AccessPoint) -> Door:
    key = Ed25519Signer.generate()
    reader = Reader.objects.create(
        handle=next_handle("reader"),
        name=point.door.name,
        access_point=point,
        kind=ReaderKind.PROGRAM,
        state=ReaderState.ACTIVE,
        algorithm=key.algorithm,
        public_key=key.public.raw,
        paired_at=timezone.now(),
    )
    return Door(reader.handle, key)


def _enrol(holder: Holder, device: Device) -> None:
    """Consent, and a template of three variants of the photograph."""
    set_policy(
        by=BY, profile="gdpr", controller="Bench", contact="b@bench.example", schedule="Until withdrawn.",
        destruction="At once.", dpia_by="Officer", dpia_on=date(2026, 11, 1), equal_way=True,
    )  # fmt: skip
    save_draft(purpose=Purpose.FACE, profile="gdpr", language="en", title="Face", text="We keep a template.")
    seen = {row.language: digest(row.title, row.text) for row in NoticeDraft.objects.all()}
    (notice,) = publish_notice(purpose=Purpose.FACE, profile="gdpr", changed=[], seen=seen, by=BY)
    said = Said(
        record=uuid.uuid4(), purpose=Purpose.FACE, language="en", sha256=notice.sha256, pressed="I agree",
        signed_name="", device=device.handle, key_print=device.thumbprint, proof={},
    )  # fmt: skip
    record = give_consent(person=person_of(holder), said=said)
    pool = house_pool()
    model = pool.ready(PATIENCE)
    vectors = [
        pool.look_now(one, Want.VECTOR, deadline=PATIENCE).vector
        for one in (variant(0), variant(14), variant(27))
    ]
    made = Enrolment(enrolment_vector(vectors, model).astype("f8"), model_of(model), Supervision.ATTENDED, BY)
    keep_template(person=person_of(holder), enrolment=made, consent=record.pk, now=timezone.now())


def variant(number: int) -> bytes:
    """The photograph, from elsewhere: a frame that was seen before is refused."""
    left, top, wide = 7 * (number % 12), 7 * (number // 12 % 9), 556 - 24 * (number % 4)
    shifted = (
        Image.open(BytesIO(FRAME)).crop((left, top, left + wide, top + 3 * wide // 4)).resize((640, 480))
    )
    out = BytesIO()
    ImageEnhance.Brightness(shifted).enhance(0.85 + 0.05 * (number % 7)).save(out, "JPEG", quality=85)
    return out.getvalue()


async def measure(lanes: int, frames: int) -> tuple[list[float], int]:
    """Milliseconds from each last frame to its verdict, and how many said busy.

    Raises ValueError where the person is not let in.
    """
    house = await sync_to_async(build)(lanes)
    made = Setup(conninfo(settings.DATABASES["default"]), settings.PUBLIC_SCHEME, rate=1000, burst=1000)
    app = ScanApplication(lambda: made)
    await app.startup()
    try:
        rows = await asyncio.gather(*(_door(app, house, door, frames) for door in house.doors))
    finally:
        await app.shutdown()
        close_house_pool()
    return [one for row in rows for one in row], house.busy


async def _door(app: ScanApplication, house: House, door: Door, frames: int) -> list[float]:
    took = []
    for number in range(frames):
        picture = variant(number + 31 * door.handle)
        door.counter += 1
        event: dict[str, Any] = {"counter": door.counter, "code": await sync_to_async(house.code)()}
        asked = await _post(app, house, door, SCANS, _scan(event, face=True))
        session, nonce = asked["face"]["session"], base64.urlsafe_b64decode(asked["face"]["nonce"] + "==")
        began = time.perf_counter()
        sent = Frame(uuid.UUID(session), nonce, 0, picture)
        await _post(app, house, door, FRAMES_PATH, write_frame(sent))
        verdict = await _post(app, house, door, SCANS, _scan(event, face=session))
        took.append((time.perf_counter() - began) * 1000)
        if verdict["reason"] == "face_busy":
            house.busy += 1  # the machine had no core to spare: the time to that answer counts as any other
            continue
        if not verdict["granted"]:
            raise ValueError(f"not what is to be measured: {verdict['reason']}")
    return took


def _scan(event: dict[str, Any], **more: Any) -> bytes:
    return json.dumps(event | {"at_ms": int(time.time() * 1000)} | more).encode()


async def _post(app: ScanApplication, house: House, door: Door, path: str, body: bytes) -> dict[str, Any]:
    host = house.company.host
    fields = sign_request(
        method="POST", url=f"{settings.PUBLIC_SCHEME}://{host}{path}", body=body, key=door.key,
        keyid=keyid(house.company.id, door.handle), created=int(time.time()), nonce=secrets.token_urlsafe(16),
    )  # fmt: skip
    head = [
        (b"host", host.encode()),
        *((name.lower().encode(), value.encode()) for name, value in fields.items()),
    ]
    given, sent = [{"type": "http.request", "body": body, "more_body": False}], []

    async def receive() -> dict[str, Any]:
        return given.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": head}
    await app(scope, receive, send)
    told: dict[str, Any] = json.loads(sent[1]["body"])
    if sent[0]["status"] != 200:
        raise ValueError(f"{path}: {told}")
    return told
