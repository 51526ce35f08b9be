"""Who plays in the tests (STYLE.md). Rooms add their people as they land.

Alice (security operator, Acme), Bob (read-only, Acme), Carol (compliance, Acme), Olga (owner, Acme), Rita
(reception, Acme), Charlie (owner, Globex), Pia (platform operator), Dora (a reader at Acme), Henri (a holder
with a phone at Acme), Kim (a kiosk at Acme), and nobody.
"""

import secrets

from django.db import connection

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
        cursor.execute(f'DROP SCHEMA IF EXISTS "{company.schema_name}" CASCADE')
        company.delete()
    hosts.forget()
