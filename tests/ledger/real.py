"""A committed record of real scans: made through the real callable, sealed in part, altered by raw SQL."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from psycopg import sql as text

from ledger.sealing import seal
from ledger.services import record
from readers.scanning.asgi import ScanApplication
from readers.scanning.desk import Setup
from readers.scanning.setup import conninfo
from tenants import context
from tests import cast
from tests.ledger.tamper import sql
from tests.scanning.world import BY, Station, World, lay_station, lay_world, scan

READERS = 3


@contextmanager
def real_record() -> Iterator[World]:
    """A company with two sealed rounds of scans and a third that waits for the sealer; all committed."""
    company = cast.sign_up_fresh()
    try:
        world = lay_world(company.ref())
        with context.enter(world.company), transaction.atomic():
            stations = [lay_station(world.company, world.point, f"Gate {n}") for n in range(READERS)]
        for sealed in (True, True, False):
            asyncio.run(_round(world, stations, [world.code() for _ in stations]))
            with context.enter(world.company), transaction.atomic():
                record(actor=BY, verb="door_opened", subject_kind="door", handle=1, data={"by": "hand"})
            if sealed:
                assert seal(world.company)
        yield world
    finally:
        cast.remove(company)
        connections.close_all()


async def _round(world: World, stations: list[Station], codes: list[str]) -> None:
    """One scan alone, then a grant and a refusal at each gate: odd counters granted, even ones refused."""
    app = ScanApplication(lambda: Setup(conninfo(settings.DATABASES["default"]), "http"))
    await app.startup()
    try:
        alone = await scan(app, world.station, "no code")
        assert alone.reason == "malformed"
        asked = [scan(app, *one) for one in zip(stations, codes, strict=True)]
        told = await asyncio.gather(*asked, *(scan(app, station, "1" * 252) for station in stations))
        assert [one.told["granted"] for one in told] == [True] * READERS + [False] * READERS
    finally:
        await app.shutdown()


@contextmanager
def undone(world: World) -> Iterator[None]:
    """In the company; whatever is done to its record inside is rolled back."""
    with context.enter(world.company), transaction.atomic():
        yield
        transaction.set_rollback(True)


def columns_of(table: str) -> set[str]:
    """The columns that a table of the current company has in the database."""
    query = (
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return {name for (name,) in cursor.fetchall()}


def take(table: str, where: str, *params: Any) -> list[dict[str, Any]]:
    """Delete rows as the owner of the database; what they were, by rising place."""
    names = sorted(columns_of(table))
    wanted = text.SQL(", ").join(map(text.Identifier, names)).as_string(connection.connection)
    rows = sql(f"DELETE FROM {table} WHERE {where} RETURNING {wanted}", *params)
    taken = [dict(zip(names, row, strict=True)) for row in rows]
    return sorted(taken, key=lambda row: row.get("batch_index", 0))


def put(table: str, row: dict[str, Any]) -> None:
    """Insert a row as the owner of the database."""
    places = ", ".join(["%s"] * len(row))
    sql(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


def ledger_verify(world: World, *options: str) -> tuple[bool, str]:
    """`manage.py ledger verify` for this company: whether it ended well, and what it said."""
    out = StringIO()
    company = world.company.subdomain
    try:
        call_command("ledger", "verify", "--company", company, *options, stdout=out)
    except CommandError as error:
        return str(error) != f"The record does not hold: {company}.", out.getvalue()
    return True, out.getvalue()


def found(world: World) -> set[str]:
    """The codes of all findings; the first is what the command tells without `--all`."""
    holds, first = ledger_verify(world)
    holds_too, said = ledger_verify(world, "--all")
    codes = [line.rpartition("(")[2][:-1] for line in said.splitlines() if line.startswith("  ✗")]
    assert holds == holds_too == (not codes)
    assert holds or f"({codes[0]})" in first
    return set(codes)
