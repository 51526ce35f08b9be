"""A company with one person of many events among others, for the bench of access. Django is set up."""

import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta

from django.db import transaction

from access import services as building
from access.models import AccessEvent
from compliance.models import Case, CaseKind, Via
from compliance.services import answers, deliveries
from compliance.services.cases import Told, open_case
from credentials.models import Device, DeviceState, Holder
from credentials.selectors import live_credential
from credentials.services import add_holder
from ledger.outbox import deliver as work_off
from ledger.services import next_handle
from tenants.celery import active_companies
from tenants.refs import CompanyRef
from vault.holdings import Known

BY = "operator:bench"
CHUNK = 5_000


def company() -> CompanyRef:
    """The company that `rotation_stage.sign_up_companies` made."""
    return next(one for one in active_companies() if one.subdomain.startswith("bench-"))


def lay(events: int, others: int) -> Holder:
    """A person with so many events at twenty doors, and so many events of somebody else between them."""
    site = building.add_site(name="House", time_zone="Europe/Berlin", by=BY)
    area = building.add_area(site=site, name="Hall", assurance=1, by=BY)
    doors = [building.add_door(area=area, name=f"Door {number}", by=BY) for number in range(20)]
    points = [door.access_points.get().handle for door in doors]
    people = [add_holder(name=f"Person {n}", email=f"p{n}@bench.example", by=BY) for n in range(2)]
    phones = [_phone(holder) for holder in people]
    carried = [_credential(holder) for holder in people]
    begun = datetime.now(UTC) - timedelta(days=365)
    rows: list[AccessEvent] = []
    for number in range(events + others):
        # The person's events lie evenly between the others'.
        mine = (number + 1) * events // (events + others) > number * events // (events + others)
        who = 0 if mine else 1
        rows.append(_event(number, carried[who], phones[who], points[number % len(points)], begun))
        if len(rows) == CHUNK:
            AccessEvent.objects.bulk_create(rows)
            rows = []
    AccessEvent.objects.bulk_create(rows)
    return people[0]


def _credential(holder: Holder) -> int:
    found = live_credential(holder)
    if found is None:
        raise RuntimeError("the person has no credential")
    return found.handle


def _event(number: int, credential: int, phone: Device, point: int, begun: datetime) -> AccessEvent:
    at = begun + timedelta(seconds=20 * number)
    return AccessEvent(
        reader=1,
        counter=number + 1,
        at=at,
        reader_at=at,
        access_point=point,
        credential=credential,
        device=phone.handle,
        code_hash=bytes(32),
        granted=number % 9 != 0,
        reason="granted" if number % 9 else "outside_schedule",
        policy_epoch=1,
        policy_seq=1,
        facts="{}",
        batch=uuid.uuid4(),
        batch_index=0,
        leaf=bytes(32),
    )


@transaction.atomic
def _phone(holder: Holder) -> Device:
    return Device.objects.create(
        handle=next_handle("device"),
        holder=holder,
        public_key=b"\x04" + os.urandom(64),
        thumbprint=secrets.token_urlsafe(32),
        label="Phone",
        state=DeviceState.ACTIVE,
        enrolled_at=datetime.now(UTC),
    )


def ask(holder: Holder) -> Case:
    """The person asks from the wallet, so that it is known who asks."""
    known = Known("holder", holder.subject_id, holder.handle, holder.kind, holder.name, holder.email)
    told = Told(holder.name, holder.email)
    return open_case(
        kind=CaseKind.ACCESS, via=Via.WALLET, persons=[known], told=told, by=f"holder:{holder.handle}"
    )


def answer(ref: CompanyRef, case: Case) -> int:
    """From collecting to the built file, as officer and worker do it; its bytes."""
    answers.collect(case=case.pk, version=None, by=BY)
    work_off(ref)
    answers.look_through(case=case.pk, version=None, by=BY)
    row = deliveries.deliver(case=case.pk, version=None, by=BY)
    deliveries.build(row.pk)
    row.refresh_from_db()
    return row.size


def rows_of(case: Case) -> int:
    """How many rows were collected."""
    return sum(case.sections.values_list("rows", flat=True))


def bare(holder: Holder) -> int:
    """Read the person's events and nothing else: what no way of answering spares."""
    found = AccessEvent.objects.filter(credential=_credential(holder)).order_by("at", "id")
    return len(list(found.values_list("at", "access_point", "granted", "reason", "offline")))
