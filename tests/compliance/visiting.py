"""A row of each model of visits for one person: they came, they received, somebody watches for them."""

import datetime as dt
import os
from typing import Final

from django.db import transaction
from django.utils import timezone

from access.models import AccessGrant
from credentials.models import Device, Holder
from ledger import services as record
from operators.models import Operator
from tests.access.build import Building
from visitors import models as visits

FIRM: Final = "Ostrakova & Daughters"
REASON: Final = "Wilhelmina brings the contract"
GROUND: Final = "Perpetua shouted in the hall"


@transaction.atomic
def received(holder: Holder, device: Device, operator: Operator, place: Building) -> visits.Visit:
    """A visit that is over, with all that hangs on it; the person is visitor and host in one."""
    now = timezone.now()
    kind = visits.VisitType.objects.create(name="Meeting")
    group = visits.VisitGroup.objects.create(
        kind="group",
        name="Ostrakova's open day",
        host=holder,
        created_at=now,
        created_by=operator.actor,
    )
    visits.GroupRow.objects.create(group=group, number=1, told=os.urandom(64))
    kiosk = _kiosk(operator, place)
    visit = visits.Visit.objects.create(
        handle=record.next_handle("visit"),
        holder=holder,
        host=holder,
        type=kind,
        site=place.site,
        group=group,
        state="signed_out",
        begins=now - dt.timedelta(hours=1),
        ends=now,
        opens=now - dt.timedelta(hours=2),
        closes=now + dt.timedelta(hours=1),
        firm=FIRM,
        subject=REASON,
        way="phone",
        device=device,
        kiosk=kiosk.handle,
        ended_at=now,
        ended_by=operator.actor,
        created_at=now,
        created_by=operator.actor,
    )
    _hangs_on(visit, kiosk, device, operator)
    visits.HostChoice.objects.create(holder=holder)
    visits.PushSubscription.objects.create(
        device=device, endpoint="https://push.example/1", p256dh="k", auth="a", made_at=now
    )
    return visit


def _kiosk(operator: Operator, place: Building) -> visits.Kiosk:
    now = timezone.now()
    kiosk = visits.Kiosk.objects.create(
        handle=record.next_handle("kiosk"),
        name="Front desk",
        site=place.site,
        public_key=os.urandom(65),
        thumbprint=os.urandom(32).hex()[:43],
        exit_hash=os.urandom(32),
        paired_at=now,
        last_heard=now,
    )
    visits.KioskPairing.objects.create(
        locator="ABC",
        code_hash=os.urandom(32),
        name="Front desk",
        site=place.site,
        exit_hash=os.urandom(32),
        created_by=operator.actor,
        expires=now,
        kiosk=kiosk,
    )
    return kiosk


def _hangs_on(visit: visits.Visit, kiosk: visits.Kiosk, device: Device, operator: Operator) -> None:
    now = timezone.now()
    document = visits.Document.objects.create(name="House rules")
    version = visits.DocumentVersion.objects.create(
        document=document,
        number=1,
        language="en",
        title="House rules",
        body="Walk.",
        sha256="0" * 64,
        published_at=now,
        published_by=operator.actor,
    )
    visits.SignedDocument.objects.create(
        visit=visit,
        version=version,
        signed_at=now,
        kiosk=kiosk.handle,
        name="W. Ostrakova-Signed",
        strokes="[[[1, 2, 3]]]",
        pdf=os.urandom(64),
    )
    visits.VisitLink.objects.create(
        visit=visit, purpose="prepare", token_hash=os.urandom(32), created_at=now, expires_at=now
    )
    grant = AccessGrant.objects.filter(holder=visit.holder).order_by("pk")[0]
    visits.VisitGrant.objects.create(visit=visit, grant=grant)
    visits.VisitPhoto.objects.create(visit=visit, sealed=os.urandom(64), taken_at=now)
    visits.Arrival.objects.create(
        kiosk=kiosk, flow="expected", visit=visit, begun_at=now, seen_at=now, ended_at=now, device=device
    )
    for one in (visit, None):
        visits.SealedSignIn.objects.create(
            id=os.urandom(16).hex(), kiosk=kiosk, taken_at=now, handed_in_at=now, visit=one
        )
    # Under the operator's key here, so that the person has two subjects and not a third.
    entry = visits.WatchEntry.objects.create(
        subject=operator.subject,
        name=operator.name,
        why=GROUND,
        until=now.date(),
        added_at=now,
        added_by=operator.actor,
    )
    visits.WatchMatch.objects.create(entry=entry, visit=visit, how="exact", found_at=now)
