"""Readers of a running system: real connections, every answer kept.

`python -m tests.scanning.crowd READERS PEOPLE COMPANY...` lays doors, readers and people into companies and
tells what it takes to scan there; it runs with the environment of the live system.
"""

import asyncio
import json
import os
import pickle
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.scan_firm import Firm
from bench.scan_load import Signer
from tests.fixtures.live import Live

ROOT = Path(__file__).resolve().parent.parent.parent
ANSWER_SECONDS = 10.0


def furnish(live: Live, *companies: str, readers: int = 8, people: int = 8) -> list[Signer]:
    """Lay out companies of the live system; who signs their readers' requests."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.scanning.crowd", str(readers), str(people), *companies],
        env={**os.environ, **live.web.env, **live.env},
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    firms: list[Firm] = pickle.loads(b64decode(done.stdout))
    return [Signer(firm) for firm in firms]


def _lay(readers: int, people: int, companies: list[str]) -> None:
    import django

    django.setup()
    from bench import scan_town
    from tenants import hosts, services
    from tests import cast

    firms = []
    for company in companies:
        if hosts.resolve(f"{company}.localhost") is None:
            services.sign_up(
                name=company.title(),
                subdomain=company,
                owner_name="Fay Fresh",
                owner_email=f"fay@{company}.example",
                password=cast.PASSWORD,
            )
        ref = hosts.resolve(f"{company}.localhost")
        assert ref is not None
        firms.append(scan_town.furnish(ref, readers=readers, people=people))
    sys.stdout.write(b64encode(pickle.dumps(firms)).decode())


@dataclass
class Told:
    """What one request was answered; status 0 when the connection broke."""

    company: int
    reader: int
    counter: int
    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def granted(self) -> bool:
        return bool(self.body.get("granted"))

    @property
    def reason(self) -> str:
        return str(self.body.get("reason", self.body.get("code", "")))


def event_id(request: bytes) -> tuple[int, int, int]:
    """Company, reader and counter of a request."""
    keyid = request.partition(b'keyid="reader:')[2].partition(b'"')[0].decode()
    company, _, reader = keyid.partition(":")
    return int(company), int(reader), json.loads(request.partition(b"\r\n\r\n")[2])["counter"]


async def send(port: int, request: bytes, gate: asyncio.Event | None = None) -> Told:
    """One request on a connection of its own, sent when the gate opens."""
    told = Told(*event_id(request), 0)
    writer = None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if gate is not None:
                await gate.wait()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            told.body = json.loads(await reader.readexactly(length))
            told.status = int(head[9:12])
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        pass
    finally:
        if writer is not None:
            writer.close()
    return told


async def at_once(port: int, requests: list[bytes]) -> list[Told]:
    """All requests in the same moment, each on a connection that stands already."""
    gate = asyncio.Event()
    tasks = [asyncio.create_task(send(port, request, gate)) for request in requests]
    await asyncio.sleep(0.3)
    gate.set()
    return list(await asyncio.gather(*tasks))


class Crowd:
    """Keeps scanning with several readers at once until it is told to stop; keeps every answer."""

    def __init__(self, port: int, signers: list[Signer], width: int = 6) -> None:
        self.port = port
        self.signers = signers
        self.width = width
        self.told: list[Told] = []
        self._going = True

    async def __aenter__(self) -> "Crowd":
        self._tasks = [asyncio.create_task(self._walk(n)) for n in range(self.width)]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)

    async def _walk(self, number: int) -> None:
        while self._going:
            signer = self.signers[number % len(self.signers)]
            self.told.append(await send(self.port, signer.request(self.port)))

    async def until(self, enough: Callable[[list[Told]], bool], *, seconds: float = 60) -> int:
        """Wait until the answers from now on satisfy `enough`; the place from which they were counted."""
        begun = len(self.told)
        async with asyncio.timeout(seconds):
            while not enough(self.told[begun:]):
                await asyncio.sleep(0.02)
        return begun


def grants(told: list[Told]) -> list[Told]:
    """The answers that open a door."""
    return [one for one in told if one.granted]


def rows(live: Live, signer: Signer) -> dict[tuple[int, int], tuple[bool, str]]:
    """Event id -> granted and reason, of all events of a company."""
    with psycopg.connect(live.database_url) as connection:
        schema = f"c_{signer.firm.uid.hex()}"
        found = connection.execute(
            f"SELECT reader, counter, granted, reason FROM {schema}.access_accessevent"
        )
        return {(reader, counter): (granted, reason) for reader, counter, granted, reason in found}


def lock_all(connection: "psycopg.Connection[Any]", *schemas: str) -> None:
    """Lock every table of these companies until the transaction ends, as a long migration does."""
    connection.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)"
    for schema, table in connection.execute(tables, [list(schemas)]).fetchall():
        connection.execute(
            sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(schema, table))
        )


def execute(live: Live, statement: str) -> None:
    """One statement in the live system's database."""
    with psycopg.connect(live.database_url, autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    _lay(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
