"""A building with people, phones, readers and a day of events, for the console's pages."""

import os
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from access.models import AccessEvent, AccessPoint, Door, Site
from access.services import add_area, add_door, add_level, add_schedule, add_site, grant_level
from credentials.models import Device, DeviceState, Holder
from credentials.selectors import live_credential
from credentials.services import add_holder
from ledger.models import PolicyCounter
from ledger.services import next_handle
from readers.models import Algorithm, Reader, ReaderKind

PEOPLE = ("Henri Dubois", "Zoë Müller", "Anna-Lena Weißenberger-Hohenstein")
DOORS = ("Front door", "Server room", "Dock")


@dataclass
class Scene:
    """What was built."""

    site: Site
    doors: list[Door]
    holders: list[Holder]
    phones: list[Device]
    readers: list[Reader]


@transaction.atomic
def furnish() -> Scene:
    """Build it in the current company."""
    site = add_site(name="Headquarters", time_zone="Europe/Berlin", by="system")
    area = add_area(site=site, name="House", assurance=1, by="system")
    always = add_schedule(name="Always", by="system", intervals=[[day, 0, 1439] for day in range(7)])
    doors = [add_door(area=area, name=name, by="system") for name in DOORS]
    points = [AccessPoint.objects.get(door=door, side="entry") for door in doors]
    level = add_level(name="Everywhere", rules=[(point, always) for point in points], by="system")
    holders = []
    for number, name in enumerate(PEOPLE):
        holder = add_holder(name=name, email=f"person{number}@acme.example", by="system")
        grant_level(holder=holder, level=level, by="system")
        holders.append(holder)
    phones = [enrol(holder) for holder in holders]
    readers = [place_reader(door.name, point) for door, point in zip(doors, points, strict=True)]
    return Scene(site, doors, holders, phones, readers)


def enrol(holder: Holder, *, state: str = DeviceState.ACTIVE, label: str = "Pixel 8") -> Device:
    """A phone with a key that nobody holds."""
    return Device.objects.create(
        handle=next_handle("device"),
        holder=holder,
        public_key=b"\x04" + os.urandom(64),
        thumbprint=secrets.token_urlsafe(32),
        label=label,
        state=state,
        enrolled_at=datetime.now(UTC) - timedelta(days=3),
    )


def place_reader(name: str, point: AccessPoint) -> Reader:
    """A paired reader that was heard just now and is up to date."""
    counter = PolicyCounter.objects.get()
    now = datetime.now(UTC)
    return Reader.objects.create(
        handle=next_handle("reader"),
        name=name,
        access_point=point,
        kind=ReaderKind.BROWSER,
        algorithm=Algorithm.ED25519,
        public_key=os.urandom(32),
        paired_at=now - timedelta(days=1),
        last_heard=now,
        applied_epoch=counter.epoch,
        applied_seq=counter.seq + 1,
    )


def happen(
    reader: Reader, holder: Holder | None, *, reason: str = "granted", at: datetime | None = None
) -> AccessEvent:
    """One event at a reader."""
    credential = live_credential(holder) if holder else None
    when = at or datetime.now(UTC)
    return AccessEvent.objects.create(
        reader=reader.handle,
        counter=AccessEvent.objects.filter(reader=reader.handle).count() + 1,
        at=when,
        reader_at=when,
        access_point=reader.access_point_id,
        credential=credential.handle if credential else None,
        code_hash=os.urandom(32),
        granted=reason == "granted",
        reason=reason,
        policy_epoch=1,
        policy_seq=1,
        facts='{"now": 1}',
        batch=uuid.uuid4(),
        batch_index=0,
        leaf=os.urandom(32),
    )
