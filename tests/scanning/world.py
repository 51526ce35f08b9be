"""A company with a door, a reader and a phone; scans as a reader sends them, past any HTTP client."""

import asyncio
import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from access import services as building
from access.models import AccessLevel, AccessPoint, Schedule
from credentials.models import Credential, Device, DeviceState, Holder
from credentials.services import add_holder
from ledger.services import next_handle
from readers.keyids import keyid
from readers.models import Reader, ReaderKind, ReaderState
from readers.scanning.asgi import ScanApplication
from sallyport.answers import answer_bytes
from sallyport.codes import LiveContents, code_hash, mint_live
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer, P256Signer, thumbprint
from sallyport.reasons import Reason
from tenants import context
from tenants.refs import CompanyRef
from vault import selectors as vault
from vault.models import KeySet

BY = "operator:alice"
PATH = "/api/v1/scans"
_OF_BODY = ("counter", "at_ms", "challenges")
ALWAYS = [[day, 0, 1440] for day in range(7)]


@dataclass
class Station:
    """A reader: its key, its counter, and the requests it makes."""

    company: CompanyRef
    handle: int
    key: Ed25519Signer | P256Signer
    counter: int = 0

    def body(self, code: str, *, counter: int | None = None, at_ms: int | None = None, **more: Any) -> bytes:
        if counter is None:
            self.counter += 1
            counter = self.counter
        told = {"counter": counter, "code": code, "at_ms": at_ms or int(time.time() * 1000)}
        return json.dumps(told | more).encode()

    def headers(self, sent: bytes, **other: Any) -> list[tuple[bytes, bytes]]:
        """The head of a signed request, as an ASGI server hands it over."""
        host = other.pop("host", self.company.host)
        signed: dict[str, Any] = {
            "method": "POST",
            "url": f"http://{host}{PATH}",
            "body": sent,
            "key": self.key,
            "keyid": keyid(self.company.id, self.handle),
            "created": int(time.time()),
            "nonce": secrets.token_urlsafe(16),
        } | other
        fields = sign_request(**signed)
        named = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
        return [(b"host", host.encode()), (b"content-type", b"application/json"), *named]


@dataclass
class World:
    """What one company needs for a scan to be granted."""

    company: CompanyRef
    point: AccessPoint
    schedule: Schedule
    level: AccessLevel
    holder: Holder
    device: Device
    station: Station
    nonce: int = field(default_factory=lambda: secrets.randbelow(2**31))

    @property
    def credential(self) -> Credential:
        return Credential.objects.filter(holder=self.holder, state="ACTIVE").get()

    def code(self, *, age: int = 0, **changes: int) -> str:
        """A fresh code of the holder's phone, minted `age` seconds ago."""
        self.nonce += 1
        with context.enter(self.company):
            credential = self.credential
            said = {
                "credential": credential.handle,
                "device": self.device.handle,
                "profile": credential.profile,
                "flags": 0,
                "issued": int(time.time()) - age,
                "nonce": self.nonce,
            } | changes
            return mint_live(LiveContents(**said), vault.minting_keys())


def lay_station(company: CompanyRef, point: AccessPoint, name: str = "Dora", **other: Any) -> Station:
    """A paired reader."""
    key = other.pop("key", None) or Ed25519Signer.generate()
    reader = Reader.objects.create(
        handle=next_handle("reader"),
        name=name,
        access_point=point,
        kind=ReaderKind.PROGRAM,
        state=ReaderState.ACTIVE,
        algorithm=key.algorithm,
        public_key=key.public.raw,
        paired_at=timezone.now(),
    )
    return Station(company, reader.handle, key)


def lay_phone(holder: Holder) -> Device:
    """A phone that was vouched for."""
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


def lay_world(company: CompanyRef) -> World:
    """Door, hours, level, holder with a phone, reader."""
    with context.enter(company), transaction.atomic():
        # As if the company had been here for an hour: codes from before its keys would be unknown.
        KeySet.objects.update(not_before=F("not_before") - 3600)
        site = building.add_site(name="House", time_zone="Europe/Berlin", by=BY)
        area = building.add_area(site=site, name="Hall", assurance=1, by=BY)
        point = building.add_door(area=area, name="Front", by=BY).access_points.get()
        schedule = building.add_schedule(name="Always", intervals=ALWAYS, by=BY)
        level = building.add_level(name="Staff", rules=[(point, schedule)], by=BY)
        holder = add_holder(name="Henri Holder", email="henri@example.com", by=BY)
        building.grant_level(holder=holder, level=level, by=BY)
        device = lay_phone(holder)
        return World(company, point, schedule, level, holder, device, lay_station(company, point))


@dataclass
class Answered:
    """A response."""

    status: int
    told: dict[str, Any]

    @property
    def reason(self) -> str:
        return str(self.told.get("reason", self.told.get("code")))


async def post(
    app: ScanApplication, headers: list[tuple[bytes, bytes]], body: bytes, **scope: Any
) -> Answered:
    """One request through the real callable."""
    sent: list[dict[str, Any]] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if given:
            return given.pop()
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": headers}
    await app(whole | scope, receive, send)
    return Answered(sent[0]["status"], json.loads(sent[1]["body"]))


async def scan(app: ScanApplication, station: Station, code: str, **other: Any) -> Answered:
    """Present a code; what a body has besides goes into the body, anything else into the signature."""
    inside = {name: other.pop(name) for name in _OF_BODY if name in other}
    body = station.body(code, **inside)
    return await post(app, station.headers(body, **other), body)


def check_signature(company: CompanyRef, station: Station, code: str, told: dict[str, Any]) -> None:
    """The answer is the company's own word for this event, or this raises."""
    with context.enter(company):
        public = vault.answer_signer().public
    signed = answer_bytes(
        company=company.uid,
        reader=station.handle,
        counter=told["counter"],
        access_point=told["access_point"],
        code_hash=code_hash(code),
        granted=told["granted"],
        reason=Reason(told["reason"]),
        pulse_ms=told["pulse_ms"],
    )
    public.verify(signed, base64.b64decode(told["sig"]))
