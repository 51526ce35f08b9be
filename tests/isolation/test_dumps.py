"""Both databases, Valkey, its messages and the logs are searched for everything secret that went in."""

import base64
import logging
import re

import pytest
from django.conf import settings
from django.db import connections

from config.celery import app
from deploy.local.postgres import Postgres
from ledger.outbox import deliver
from tenants import context
from tenants.services import sign_up
from tests import cast, servers
from tests.isolation import plants
from tests.isolation.heaps import dump, found, keyspace, overheard, spellings
from vault.rootkey import root_key

__all__ = ["overheard"]


def test_nothing_secret_lies_anywhere(
    django_db_setup: None,
    django_db_blocker: object,
    postgres: Postgres,
    overheard: list[bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    name, email, password = plants.OWNER
    secrets: list[str | bytes] = [*name.split(), email, password]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        company = sign_up(
            name="Plantco", subdomain="plantco", owner_name=name, owner_email=email, password=password
        )
        try:
            with context.enter(company):
                secrets += plants.plant(company.ref())
            deliver(company.ref())
            app.send_task("ledger.deliver", args=[company.id])
            data, apart = dump(postgres, servers.DATABASE), dump(postgres, servers.KEYS)
        finally:
            connections["default"].set_schema_to_public()  # type: ignore[attr-defined]
            cast.remove(company)
            connections.close_all()

    assert company.schema_name.encode() in data
    assert company.uid.hex.encode() in apart.replace(b"-", b"")
    heaps = {
        "database": data,
        "keys database": apart,
        "valkey": b"\n".join(k + b" " + v for k, v in keyspace(settings.VALKEY_URL).items()),
        "messages": b"\n".join(overheard),
        "log": caplog.text.encode(),
        "postgres log": postgres.log.read_bytes(),
    }
    assert not found(heaps, secrets)
    assert len(secrets) > 30
    assert min(len(secret) for secret in secrets) >= 6


def test_the_search_finds_what_is_there(postgres: Postgres, django_db_setup: None) -> None:
    """The control: a search that finds nothing in a dump that holds the names would be no test."""
    heap = (
        b"xx Zebulon Quartzmann "
        + b"zebulon".hex().encode()
        + base64.b64encode(b"..perpetua@secretmail.example")
    )
    for secret in ("Zebulon", "perpetua@secretmail"):
        assert any(spelling in heap.lower() for spelling in spellings(secret))
    assert not any(spelling in heap.lower() for spelling in spellings("Wilhelmina"))


def test_the_root_key_is_in_no_dump(postgres: Postgres, django_db_setup: None) -> None:
    with open(settings.ROOT_KEY_FILE, encoding="ascii") as file:
        key = base64.b64decode(file.read().strip().partition(":")[2])
    assert root_key().number == 1
    for database in (servers.DATABASE, servers.KEYS):
        heap = dump(postgres, database).lower()
        assert not any(spelling in heap for spelling in spellings(key))


def test_every_key_in_valkey_names_its_company_first(django_db_setup: None) -> None:
    ours = [key for key in keyspace(settings.VALKEY_URL) if not re.match(rb"(_kombu|unacked|celery)", key)]
    assert all(re.match(rb"\d+:", key) for key in ours)
