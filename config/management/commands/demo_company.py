"""`manage.py demo_company`: Acme with a building, people and operators, for the demo on one machine."""

import base64
import json
import os
import secrets
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.models import AccessPoint, Site
from access.services import add_area, add_door, add_level, add_schedule, add_site, grant_level
from config.demo_visits import receive_visitors
from credentials.models import Holder, HolderState, InvitationState
from credentials.services import add_holder, invite_holder
from operators.models import Role
from operators.selectors import operator_by_email
from operators.services import create_operator, enrol_totp, set_password
from tenants import context, hosts
from tenants.models import Company
from tenants.refs import CompanyKind
from tenants.services import create_platform, move, sign_up

BY = "system"
COMPANY = "acme"
OWNER = ("Olga Owner", "olga@acme.example")
STAFF = (
    ("Alice Alert", "alice@acme.example", Role.SECURITY),
    ("Rita Rahimi", "rita@acme.example", Role.RECEPTION),
)
PIA = ("Pia Platform", "pia@platform.example")
ALWAYS = [[day, 0, 1440] for day in range(7)]
OFFICE_HOURS = [[day, 7 * 60, 19 * 60] for day in range(5)]
# Door, the schedule of ordinary staff there (None: they may not pass).
DOORS = (("Main entrance", "Always"), ("Dock", "Office hours"), ("Server room", None))
PEOPLE = (
    ("Henri Dubois", "Everywhere"),
    ("Zoë Müller", "Staff"),
    ("Amara Okafor", "Staff"),
    ("Jun Takahashi", "Everywhere"),
    ("Lucía Fernández", "Staff"),
    ("Tomasz Wiśniewski", None),
)
INVITED = "Henri Dubois"


class Command(BaseCommand):
    """Can be run again: what is there stays."""

    help = "Make the demo's company and write its logins to a file that only its owner reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the logins go."""
        parser.add_argument("--into", type=Path, required=True, help="the file of the logins")

    def handle(self, *args: Any, into: Path, **options: Any) -> None:
        """Make what is missing."""
        if not settings.DEMO:
            raise CommandError("This is for the demo alone: its logins are printed on a screen.")
        if not into.exists():
            operators = [*_acme(), _platform()]
            _write(into, {"operators": operators})
        # Where its owner has moved it, it stays.
        elif (acme := Company.objects.filter(subdomain=COMPANY).first()) and move(company=acme, host=_host()):
            _invite_again(acme)


def _acme() -> list[dict[str, str]]:
    """Acme with its operators, building and people; returns the logins."""
    name, email = OWNER
    password = new_password()
    # One transaction: no mail is made between the two, so none leads to an address that no phone can open.
    with transaction.atomic():
        acme = Company.objects.filter(subdomain=COMPANY).first() or sign_up(
            name="Acme", subdomain=COMPANY, owner_name=name, owner_email=email, password=password
        )
        move(company=acme, host=_host())
    with context.enter(acme):
        logins = [_login(*OWNER, Role.OWNER, password), *(_login(*one, new_password()) for one in STAFF)]
        if not Site.objects.exists():
            furnish()
    return logins


def _platform() -> dict[str, str]:
    name, email = PIA
    password = new_password()
    platform = Company.objects.filter(kind=CompanyKind.PLATFORM).first() or create_platform(
        owner_name=name, owner_email=email, password=password
    )
    with context.enter(platform):
        return _login(name, email, Role.PLATFORM, password)


def _login(name: str, email: str, role: str, password: str) -> dict[str, str]:
    """Make an operator, or open one of an earlier try, with this password and a fresh second factor."""
    operator = operator_by_email(email) or create_operator(
        email=email, name=name, role=role, by=BY, password=password
    )
    if not operator.check_password(password):
        set_password(operator=operator, password=password, by=BY)
    secret = secrets.token_bytes(20)
    enrol_totp(operator=operator, secret=secret)
    totp = base64.b32encode(secret).decode()
    return {"email": email, "password": password, "role": Role(role).label, "totp": totp}


def new_password() -> str:
    """A password that one can type."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


@transaction.atomic
def furnish() -> None:
    """A building with three doors, levels, six people, and types of visit; one of each is invited by mail."""
    site = add_site(name="Headquarters", time_zone="Europe/Berlin", by=BY)
    area = add_area(site=site, name="House", assurance=1, by=BY)
    schedules = {
        "Always": add_schedule(name="Always", by=BY, intervals=ALWAYS, special_rule="as_usual"),
        "Office hours": add_schedule(name="Office hours", by=BY, intervals=OFFICE_HOURS),
    }
    points = {
        name: AccessPoint.objects.get(door=add_door(area=area, name=name, by=BY), side="entry")
        for name, _ in DOORS
    }
    always = schedules["Always"]
    staff = [(points[door], schedules[hours]) for door, hours in DOORS if hours]
    levels = {
        "Everywhere": add_level(name="Everywhere", rules=[(one, always) for one in points.values()], by=BY),
        "Staff": add_level(name="Staff", rules=staff, by=BY),
    }
    people = {}
    for name, level in PEOPLE:
        email = f"{name.split()[0].lower().translate(str.maketrans('ëí', 'ei'))}@acme.example"
        holder = people[name] = add_holder(name=name, email=email, by=BY)
        if level:
            grant_level(holder=holder, level=levels[level], by=BY)
        if name == INVITED:
            invite_holder(holder=holder, by=BY)
    receive_visitors(site=site, points=points, hours=always, host=people[INVITED], by=BY)


def _host() -> str:
    """Acme's main address: this machine's in the local network where it serves phones there."""
    return next(iter(settings.EXTRA_HOSTS), f"{COMPANY}.{settings.BASE_DOMAIN}")


def _invite_again(acme: Company) -> None:
    """The address has changed: whoever has no phone yet gets a mail that leads to the new one."""
    # The worker that makes the mail may hold the former address so long.
    time.sleep(hosts.HOLD_SECONDS)
    with context.enter(acme):
        waiting = Holder.objects.filter(state=HolderState.ACTIVE, invitations__state=InvitationState.OPEN)
        for holder in waiting:
            invite_holder(holder=holder, by=BY)


def _write(into: Path, facts: dict[str, Any]) -> None:
    descriptor = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(facts, file)
