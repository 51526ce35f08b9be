"""Both databases, Valkey, its messages and the logs are searched for everything secret that went in."""

import base64
import hashlib
import logging
import re
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections

from config.celery import app
from deploy.local.postgres import Postgres
from ledger.outbox import deliver
from tenants import context
from tenants.services import sign_up
from tests import cast, servers
from tests.isolation import plants
from vault.rootkey import root_key


def dump(postgres: Postgres, database: str) -> bytes:
    """The whole database as pg_dump writes it."""
    done = subprocess.run(
        [postgres.program("pg_dump"), "--no-owner", postgres.url(database)],
        capture_output=True,
        check=True,
        env=postgres.environment(),
    )
    return done.stdout


def spellings(secret: str | bytes) -> Iterator[bytes]:
    """How a secret could lie somewhere: plain, hexadecimal, base64, and as a digest anyone can make."""
    raw = secret.encode() if isinstance(secret, str) else secret
    yield raw.lower()
    yield raw.hex().encode()
    for skip in range(3):
        # The middle of its base64 at each alignment: the ends depend on the neighbours.
        text = base64.b64encode(b"\0" * skip + raw)
        middle = text[4 : -4 - (len(text) % 4)]
        if len(middle) >= 8:
            yield middle.lower()
            yield middle.replace(b"+", b"-").replace(b"/", b"_").lower()
    for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
        for value in {raw, raw.strip().lower()}:
            yield digest(value).hexdigest().encode()


@pytest.fixture
def overheard() -> Iterator[list[bytes]]:
    """Everything that goes through Valkey while the test runs: commands as MONITOR shows them."""
    heard: list[bytes] = []
    client = redis.Redis.from_url(settings.VALKEY_URL)
    connection: Any = client.connection_pool.get_connection()
    connection.send_command("MONITOR")
    connection.read_response()
    done = threading.Event()

    def hear() -> None:
        while not done.is_set():
            if connection.can_read(timeout=0.1):
                answer = connection.read_response()
                heard.append(answer if isinstance(answer, bytes) else str(answer).encode())

    thread = threading.Thread(target=hear)
    thread.start()
    yield heard
    done.set()
    thread.join()
    client.close()


def keyspace() -> dict[bytes, bytes]:
    """Every key of this Valkey database with its value."""
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        return {key: client.dump(key) or b"" for key in client.scan_iter(count=1000)}


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
        "valkey": b"\n".join(k + b" " + v for k, v in keyspace().items()),
        "messages": b"\n".join(overheard),
        "log": caplog.text.encode(),
        "postgres log": postgres.log.read_bytes(),
    }
    found = [
        (where, secret)
        for where, heap in heaps.items()
        for secret in secrets
        if any(spelling in low for low in [heap.lower()] for spelling in spellings(secret))
    ]
    assert not found
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
    ours = [key for key in keyspace() if not re.match(rb"(_kombu|unacked|celery)", key)]
    assert all(re.match(rb"\d+:", key) for key in ours)
