"""Where something could lie that must not: dumps, Valkey, what went through it; and how it would be spelt."""

import base64
import hashlib
import subprocess
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import redis

from deploy.local.postgres import Postgres
from deploy.local.valkey import Valkey


def dump(postgres: Postgres, database: str) -> bytes:
    """The whole database as pg_dump writes it."""
    done = subprocess.run(
        [postgres.program("pg_dump"), "--no-owner", postgres.url(database)],
        capture_output=True,
        check=True,
        env=postgres.environment(),
    )
    return done.stdout


def spellings(secret: str | bytes, *, digests: bool = True) -> Iterator[bytes]:
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
    for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5) if digests else ():
        for value in {raw, raw.strip().lower()}:
            yield digest(value).hexdigest().encode()


@pytest.fixture
def overheard(valkey: Valkey) -> Iterator[list[bytes]]:
    """Everything that goes through Valkey while the test runs: commands as MONITOR shows them."""
    heard: list[bytes] = []
    client = redis.Redis.from_url(valkey.url())
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


def keyspace(url: str) -> dict[bytes, bytes]:
    """Every key of a Valkey database with its value."""
    with redis.Redis.from_url(url) as client:
        return {key: client.dump(key) or b"" for key in client.scan_iter(count=1000)}


def found(
    heaps: dict[str, bytes], secrets: Iterable[str | bytes], *, digests: bool = True
) -> list[tuple[str, str | bytes]]:
    """Which secret lies where."""
    low = {where: heap.lower() for where, heap in heaps.items()}
    return [
        (where, secret)
        for secret in secrets
        for spelling in spellings(secret, digests=digests)
        for where, heap in low.items()
        if spelling in heap
    ]
