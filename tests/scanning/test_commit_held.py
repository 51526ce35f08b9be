"""No answer before COMMIT: the commit of scans is held, and meanwhile a process or the database dies.

Under load a process seldom dies in that moment; here it always does.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bench.scan_load import Signer
from tests.fixtures.live import Live
from tests.scanning.crowd import Told, execute, furnish, rows, send

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parent.parent.parent
SCANS = 6
# Deferred: it runs within COMMIT. It polls, since a wait for a lock would end by the scans' own limit.
HOLD = """
CREATE FUNCTION {schema}.hold_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  FOR n IN 1..400 LOOP
    EXIT WHEN pg_try_advisory_xact_lock_shared(98, 1);
    PERFORM pg_sleep(0.005);
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON {schema}.access_accessevent
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {schema}.hold_commit();
"""
HELD = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@dataclass
class Scans:
    """Scans on their way while their commit is held."""

    requests: list[bytes]
    tasks: list[asyncio.Task[Told]]

    async def told(self) -> list[Told]:
        return list(await asyncio.gather(*self.tasks))


@asynccontextmanager
async def held(live: Live, signer: Signer) -> AsyncIterator[Scans]:
    """Scans whose transaction has done all but commit; the hold ends with the block, if not before."""
    port = live.place.port
    with psycopg.connect(live.database_url, autocommit=True) as hold:
        hold.execute("SELECT pg_advisory_lock(98, 1)")
        requests = [signer.request(port) for _ in range(SCANS)]
        tasks = [asyncio.create_task(send(port, request)) for request in requests]
        async with asyncio.timeout(5):
            while not (found := hold.execute(HELD).fetchone()) or not found[0]:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.15)
        assert not [task for task in tasks if task.done()], "answered before the commit"
        yield Scans(requests, tasks)


async def ready(live: Live) -> Signer:
    """A company that has scanned, so that nothing is read for the first time later."""
    live.start_web()
    (acme,) = furnish(live, "acme")
    port = live.place.port
    assert (await send(port, acme.request(port))).granted
    execute(live, HOLD.format(schema=f"c_{acme.firm.uid.hex()}"))
    return acme


async def answered(port: int, request: bytes) -> Told:
    """What is told once the system has recovered: a reader asks again after a 503, and a company rests."""
    for _ in range(40):
        told = await send(port, request)
        if told.status != 503:
            return told
        await asyncio.sleep(0.25)
    return told


async def asked_again(live: Live, signer: Signer, scans: Scans, before: int) -> None:
    """The same event ids lead to one grant each, and the record holds."""
    again = [await answered(live.place.port, request) for request in scans.requests]
    assert [one.granted for one in again] == [True] * SCANS
    written = rows(live, signer)
    assert len(written) == before + SCANS
    assert all(written[one.reader, one.counter] == (True, "granted") for one in again)
    command = [sys.executable, "manage.py", "ledger", "verify", "--company", "acme"]
    env = {**os.environ, **live.web.env, **live.env}
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_the_web_process_dies_before_the_commit(own_stack: Live) -> None:
    acme = await ready(own_stack)
    before = len(rows(own_stack, acme))
    async with held(own_stack, acme) as scans:
        process = own_stack.web.process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        await asyncio.to_thread(process.wait, 10)
        assert {one.status for one in await scans.told()} == {0}
    await asyncio.to_thread(own_stack.start_web)
    await asked_again(own_stack, acme, scans, before)


async def test_the_database_dies_before_the_commit(own_stack: Live) -> None:
    """What nobody can find out is a 503: no grant without its row."""
    acme = await ready(own_stack)
    before = len(rows(own_stack, acme))
    try:
        async with held(own_stack, acme) as scans:
            await asyncio.to_thread(own_stack.postgres.stop, ending=signal.SIGQUIT)
            told = await scans.told()
            assert {one.status for one in told} == {503}, told
    except psycopg.OperationalError:
        pass  # the holding connection went down with the server
    await asyncio.to_thread(own_stack.postgres.start)
    assert len(rows(own_stack, acme)) == before
    await asked_again(own_stack, acme, scans, before)
