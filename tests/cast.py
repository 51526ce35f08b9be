"""Who plays in the tests (STYLE.md). Rooms add their people as they land.

Alice (security operator, Acme), Bob (read-only, Acme), Carol (compliance, Acme), Olga (owner, Acme), Rita
(reception, Acme), Charlie (owner, Globex), Pia (platform operator), Dora (a reader at Acme), Henri (a holder
with a phone at Acme), Kim (a kiosk at Acme), and nobody.
"""

import secrets

from django.db import OperationalError, connection

from operators.models import Operator
from operators.services import create_operator, enrol_totp
from tenants import context, hosts, services
from tenants.models import Company

PASSWORD = "correct horse battery staple"

COMPANIES = [
    {
        "name": "Acme",
        "subdomain": "acme",
        "owner_name": "Olga Owner",
        "owner_email": "olga@acme.example",
        "password": PASSWORD,
    },
    {
        "name": "Globex",
        "subdomain": "globex",
        "owner_name": "Charlie Chief",
        "owner_email": "charlie@globex.example",
        "password": PASSWORD,
    },
]

PLATFORM = {"owner_name": "Pia Platform", "owner_email": "pia@platform.example", "password": PASSWORD}
# Acme's further operators: first name, family name, role.
STAFF = [
    ("Alice", "Alert", "SECURITY"),
    ("Rita", "Reception", "RECEPTION"),
    ("Carol", "Careful", "COMPLIANCE"),
    ("Bob", "Bystander", "READ_ONLY"),
]
# Everybody's authenticator app holds this secret.
TOTP_SECRET = b"twenty bytes secret!"


def address_of(name: str) -> str:
    """The mail address of an operator of the cast by first name."""
    company = {"charlie": "globex", "pia": "platform"}.get(name, "acme")
    return f"{name}@{company}.example"


def hire() -> None:
    """Give Acme its staff, the platform its operator, and everybody a second factor."""
    platform = services.create_platform(**PLATFORM)
    for company in [*Company.objects.filter(subdomain__in=["acme", "globex"]), platform]:
        with context.enter(company):
            for first, family, role in STAFF if company.subdomain == "acme" else []:
                create_operator(
                    email=address_of(first.lower()), name=f"{first} {family}", role=role, password=PASSWORD
                )
            for operator in Operator.objects.all():
                enrol_totp(operator=operator, secret=TOTP_SECRET)


def sign_up_fresh() -> Company:
    """A new company of a random name, committed."""
    word = f"fresh-{secrets.token_hex(4)}"
    return services.sign_up(
        name=word.title(),
        subdomain=word,
        owner_name="Fay Fresh",
        owner_email=f"fay@{word}.example",
        password=PASSWORD,
    )


def remove(company: Company) -> None:
    """Drop a fresh company's schema and its rows."""
    with context.leave(), connection.cursor() as cursor:
        for tries_left in (2, 1, 0):
            try:
                cursor.execute(f'DROP SCHEMA IF EXISTS "{company.schema_name}" CASCADE')
                break
            except OperationalError:  # a deadlock with a thread of the test that still reads there
                if not tries_left:
                    raise
        company.delete()
    hosts.forget()
