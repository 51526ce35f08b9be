"""The product's side of the bench: a company with a door, many readers and many phones. Django is set up."""

import hashlib

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections
from django.utils import timezone

from access.models import AccessPoint
from access.services import add_area, add_door, add_site
from bench.revocation_keys import signer
from credentials.models import Device, DeviceState
from credentials.services import add_holder, revoke_device
from readers.models import Algorithm, Reader, ReaderKind
from tenants import context
from tenants.refs import CompanyRef
from tenants.services import sign_up

BY = "operator:bench"


def fill(readers: int, devices: int) -> tuple[CompanyRef, list[Device]]:
    """Migrate, sign up one company and lay out everything."""
    call_command(migrate.Command(), database="keys", verbosity=0)
    call_command("migrate_companies", verbosity=0)
    company = sign_up(
        name="Bench",
        subdomain="bench",
        owner_name="Bea Bench",
        owner_email="bea@bench.example",
        password="correct horse battery staple",
    ).ref()
    with context.enter(company):
        _lay_readers(readers)
        return company, _lay_phones(devices)


def _lay_readers(count: int) -> None:
    site = add_site(name="House", time_zone="Europe/Berlin", by=BY)
    door = add_door(area=add_area(site=site, name="Hall", assurance=1, by=BY), name="Front", by=BY)
    point: AccessPoint = door.access_points.get()
    Reader.objects.bulk_create(
        Reader(
            handle=handle,
            name=f"Reader {handle}",
            access_point=point,
            kind=ReaderKind.PROGRAM,
            algorithm=Algorithm.ED25519,
            public_key=signer(handle).public.raw,
            paired_at=timezone.now(),
        )
        for handle in range(1, count + 1)
    )


def _lay_phones(count: int) -> list[Device]:
    holder = add_holder(name="Henri Holder", by=BY)
    return [
        Device.objects.create(
            handle=number,
            holder=holder,
            public_key=b"\4" + hashlib.sha512(b"phone %d" % number).digest(),
            thumbprint=hashlib.sha256(b"phone %d" % number).hexdigest()[:43],
            state=DeviceState.ACTIVE,
            enrolled_at=timezone.now(),
        )
        for number in range(1, count + 1)
    ]


def revoke(company: CompanyRef, device: Device) -> None:
    """What the console's button does."""
    with context.enter(company):
        revoke_device(device=device, reason="lost", by=BY)


def revoke_all(company: CompanyRef, devices: list[Device]) -> None:
    """One after the other, on a thread with a connection of its own."""
    try:
        for device in devices:
            revoke(company, device)
    finally:
        connections.close_all()
