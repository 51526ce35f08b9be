"""Companies for the bench of scans: a door that is always open, readers, people with phones. Needs Django."""

import hashlib
import os
import sys

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.utils import timezone

from access.models import AccessPoint
from access.services import add_area, add_door, add_level, add_schedule, add_site, grant_level
from bench.scan_firm import LIFE, Firm
from credentials.models import CodePolicy, Credential, Device, DeviceState, Holder
from credentials.services import add_holder
from ledger.services import next_handle
from readers.models import Algorithm, Reader, ReaderKind
from sallyport.keys import Ed25519Signer
from tenants import context, lifecycle
from tenants.models import Company, Domain
from tenants.refs import CompanyRef
from tenants.schemas import clone_from_template
from vault import envelope, keys
from vault.models import KeySet
from vault.services import key_set_place

BY = "operator:bench"
ALWAYS = [[day, 0, 1440] for day in range(7)]


def migrate_all() -> None:
    """Both databases and the template."""
    call_command(migrate.Command(), database="keys", verbosity=0)
    call_command("migrate_companies", verbosity=0)


def build(count: int, *, readers: int, people: int, name: str = "firm") -> list[Firm]:
    """`count` companies by fast cloning: no owner, all else as at sign-up."""
    firms = []
    for number in range(1, count + 1):
        firms.append(_build_one(f"{name}-{number}", readers, people))
        # A session that has made many companies looks through all its plans at each new table: start afresh.
        connections.close_all()
        if number % 20 == 0:
            print(f"  {number} of {count} companies", file=sys.stderr, flush=True)
    return firms


def _build_one(subdomain: str, readers: int, people: int) -> Firm:
    with context.leave(), transaction.atomic():
        company = Company.objects.create(subdomain=subdomain, skeleton=subdomain, name=subdomain)
        Domain.objects.create(tenant=company, domain=f"{subdomain}.localhost")
        clone_from_template(company.schema_name)
        lifecycle.run(company, "created")
    return furnish(company.ref(), readers=readers, people=people)


def furnish(ref: CompanyRef, *, readers: int, people: int) -> Firm:
    """Give a company its door, readers and people."""
    with context.enter(ref), transaction.atomic():
        point, level = _lay_door()
        told = [_lay_reader(next_handle("reader"), point) for _ in range(readers)]
        shown = [_lay_person(number, level) for number in range(1, people + 1)]
        CodePolicy.objects.update_or_create(defaults={"code_life": LIFE}, id=1)
        seal, seed, key_id = _codes_key()
        verify_key = Ed25519Signer(seed).public.raw
        return Firm(ref.id, ref.uid, ref.host, key_id, seal, seed, verify_key, told, shown)


def _lay_door() -> tuple[AccessPoint, object]:
    site = add_site(name="House", time_zone="Europe/Berlin", by=BY)
    door = add_door(area=add_area(site=site, name="Hall", assurance=1, by=BY), name="Front", by=BY)
    point: AccessPoint = door.access_points.get()
    always = add_schedule(name="Always", intervals=ALWAYS, by=BY)
    return point, add_level(name="Staff", rules=[(point, always)], by=BY)


def _lay_reader(handle: int, point: AccessPoint) -> tuple[int, bytes]:
    seed = os.urandom(32)
    Reader.objects.create(
        handle=handle,
        name=f"Reader {handle}",
        access_point=point,
        kind=ReaderKind.PROGRAM,
        algorithm=Algorithm.ED25519,
        public_key=Ed25519Signer(seed).public.raw,
        paired_at=timezone.now(),
    )
    return handle, seed


def _lay_person(number: int, level: object) -> tuple[int, int, int]:
    holder: Holder = add_holder(name=f"Holder {number}", by=BY)
    grant_level(holder=holder, level=level, by=BY)  # type: ignore[arg-type]  # named loosely above
    device = Device.objects.create(
        handle=next_handle("device"),
        holder=holder,
        public_key=b"\4" + hashlib.sha512(b"phone %d" % number).digest(),
        thumbprint=hashlib.sha256(b"phone %d" % number).hexdigest()[:43],
        state=DeviceState.ACTIVE,
        enrolled_at=timezone.now(),
    )
    credential = Credential.objects.get(holder=holder, state="ACTIVE")
    return credential.handle, device.handle, credential.profile


def _codes_key() -> tuple[bytes, bytes, int]:
    row = KeySet.objects.get()
    box = keys.company_keys().codes
    seal = envelope.open_sealed(box, bytes(row.seal_wrapped), key_set_place(row.key_id, "seal"))
    seed = envelope.open_sealed(box, bytes(row.sign_wrapped), key_set_place(row.key_id, "sign"))
    return seal, seed, row.key_id
