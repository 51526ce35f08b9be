"""The product's side of the bench of kiosks: a house, kiosks, invited guests. Django is set up."""

import datetime as dt
from dataclasses import dataclass

from django.core.management import call_command
from django.core.management.commands import migrate
from django.utils import timezone

from access import services as building
from access.models import Site
from credentials.models import Holder
from credentials.services import add_holder
from sallyport.keys import P256Signer, thumbprint
from tenants import context
from tenants.refs import CompanyRef
from tenants.services import sign_up
from visitors import services
from visitors.keyids import keyid
from visitors.models import Kiosk, Visit, VisitState, VisitType
from visitors.services import Guest, Plan, admit, plan_visit
from visitors.services.codes import code_of
from visitors.services.documents import add_document, publish_version
from visitors.services.kiosks import exit_hash

BY = "operator:bench"
EXIT_CODE = "240611"
RULES = "Stay with your host.\n\nWear your badge where it is seen.\n\nIn case of fire, leave by the stairs."


@dataclass(frozen=True)
class House:
    """What was laid: the company, its site, a host, a type of visit that asks for one signature."""

    company: CompanyRef
    site: Site
    host: Holder
    kind: VisitType


def lay() -> House:
    """Migrate, sign up one company, build a house with a door for visitors."""
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
        site = building.add_site(name="House", time_zone="Europe/Berlin", by=BY)
        area = building.add_area(site=site, name="Hall", assurance=1, by=BY)
        point = building.add_door(area=area, name="Front", by=BY).access_points.get()
        hours = building.add_schedule(
            name="Always", intervals=[[day, 0, 1440] for day in range(7)], special_rule="as_usual", by=BY
        )
        level = building.add_level(name="Visitors", rules=[(point, hours)], by=BY)
        host = add_holder(name="Hedy Host", email="hedy@bench.example", by=BY)
        document = add_document(name="House rules", signed=True, by=BY)
        publish_version(document=document, texts={"en": ("House rules", RULES)}, by=BY)
        kind = VisitType.objects.create(name="Meeting")
        kind.levels.set([level])
        kind.documents.set([document])
    return House(company, site, host, kind)


def draw_code(house: House) -> str:
    """A code to pair the tablet in the browser with."""
    setting = services.Setting("Lobby", printer=True)
    with context.enter(house.company):
        return services.start_pairing(site=house.site, setting=setting, exit_code=EXIT_CODE, by=BY).code


def stand(house: House, keys: list[P256Signer]) -> list[str]:
    """Kiosks that hold these keys; their key ids."""
    now, made = timezone.now(), []
    with context.enter(house.company):
        for number, key in enumerate(keys, start=1):
            handle = 1000 + number
            Kiosk.objects.create(
                handle=handle,
                name=f"Kiosk {number}",
                site=house.site,
                public_key=key.public.raw,
                thumbprint=thumbprint(key.public),
                printer=True,
                exit_hash=exit_hash(EXIT_CODE),
                paired_at=now,
                last_heard=now,
            )
            made.append(keyid(house.company.id, handle))
    return made


def invite(house: House, count: int, word: str) -> list[str]:
    """Guests that are expected now; the codes of their mails."""
    begins = timezone.now()
    plan = Plan(
        type=house.kind,
        site=house.site,
        host=house.host,
        begins=begins,
        ends=begins + dt.timedelta(hours=1),
    )
    with context.enter(house.company):
        guests = [
            Guest(f"Guest {word} {n}", f"{word}-{n}@guest.example", "Guest & Sons") for n in range(count)
        ]
        return [code_of(plan_visit(guest=one, plan=plan, by=BY)) for one in guests]


def let_in(house: House) -> bool:
    """The host lets in whoever waits; whether somebody did."""
    with context.enter(house.company):
        found = Visit.objects.filter(state=VisitState.EXPECTED, arrived_at__isnull=False).first()
        if found is not None:
            admit(visit=found, by=f"holder:{house.host.handle}")
        return found is not None
