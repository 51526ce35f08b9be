"""Real processes: two workers, servers that stop and start, a web process that is killed."""

import asyncio
import os
import signal
from collections import Counter

import psycopg
import pytest

from bench.scan_load import Signer
from tests.fixtures.live import Live
from tests.scanning.crowd import Crowd, Told, at_once, execute, furnish, grants, rows

pytestmark = pytest.mark.faults
CONNECTIONS = 32


def copies(signer: Signer, port: int) -> list[bytes]:
    """One code at 32 readers."""
    one = signer.coded()
    return [signer.request(port, code=one) for _ in range(CONNECTIONS)]


def refused(told: list[Told]) -> list[Told]:
    return [one for one in told if one.status == 503]


async def test_one_code_at_32_readers_and_two_workers(own_stack: Live) -> None:
    """Exactly one grant, all others `replayed`, all with events; without the key more than one is granted."""
    own_stack.start_web()
    (acme,) = furnish(own_stack, "acme", readers=CONNECTIONS)
    port = own_stack.place.port
    for _ in range(8):
        told = await at_once(port, copies(acme, port))
        assert Counter(one.reason for one in told) == {"granted": 1, "replayed": CONNECTIONS - 1}
    written = Counter(reason for _, reason in rows(own_stack, acme).values())
    assert written == {"granted": 8, "replayed": 8 * (CONNECTIONS - 1)}

    schema = f"c_{acme.firm.uid.hex()}"
    execute(own_stack, f"ALTER TABLE {schema}.readers_usedcode DROP CONSTRAINT readers_usedcode_pkey")
    most = 0
    for _ in range(10):
        most = max(most, len(grants(await at_once(port, copies(acme, port)))))
        if most > 1:
            break
    assert most > 1, "the control does not show the race: two workers never took the code at once"


async def test_another_company_locked_by_a_long_migration(own_stack: Live) -> None:
    own_stack.start_web()
    acme, globex = furnish(own_stack, "acme", "globex")
    port = own_stack.place.port
    async with Crowd(port, [acme, globex]) as crowd:
        await crowd.until(lambda told: len(grants(told)) >= 50)
        with psycopg.connect(own_stack.database_url) as migration:
            tables = ("access_accessevent", "readers_usedcode", "ledger_policycounter", "ledger_pendingbatch")
            schema = f"c_{globex.firm.uid.hex()}"
            for table in tables:
                migration.execute(f"LOCK TABLE {schema}.{table} IN ACCESS EXCLUSIVE MODE")
            begun = await crowd.until(lambda told: len(refused(told)) >= 10 and len(grants(told)) >= 100)
            during = crowd.told[begun:]
            migration.rollback()
        of_acme = [one for one in during if one.company == acme.firm.id]
        assert {one.reason for one in of_acme} == {"granted"}
        # Those that had been sent before the lock may have got through.
        assert sum(one.granted for one in during if one.company == globex.firm.id) <= 3
        await crowd.until(lambda told: any(one.granted and one.company == globex.firm.id for one in told))


async def test_postgresql_stopped_and_started_under_load(own_stack: Live) -> None:
    """A clear 503 meanwhile, recovery without a restart, and no grant without its row."""
    own_stack.start_web()
    signers = furnish(own_stack, "acme", "globex")
    async with Crowd(own_stack.place.port, signers) as crowd:
        await crowd.until(lambda told: len(grants(told)) >= 50)
        await asyncio.to_thread(own_stack.postgres.stop, ending=signal.SIGQUIT)
        begun = await crowd.until(lambda told: len(refused(told)) >= 20)
        down = crowd.told[begun + len(signers) * 3 :]
        assert all(one.status == 503 and one.body["retry"] is True for one in down), Counter(
            (one.status, one.reason) for one in down
        )
        await asyncio.to_thread(own_stack.postgres.start)
        await crowd.until(lambda told: len(grants(told)) >= 50)
    check_rows(own_stack, signers, crowd.told)


async def test_the_web_process_killed_under_load(own_stack: Live) -> None:
    """Every granted answer that a reader saw is in the record, whatever moment the processes died in."""
    own_stack.start_web()
    signers = furnish(own_stack, "acme", "globex")
    async with Crowd(own_stack.place.port, signers, width=8) as crowd:
        for _ in range(3):
            await crowd.until(lambda told: len(grants(told)) >= 40)
            process = own_stack.web.process
            assert process is not None
            os.killpg(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.wait, 10)
            await asyncio.to_thread(own_stack.start_web)
        await crowd.until(lambda told: len(grants(told)) >= 40)
    assert any(one.status == 0 for one in crowd.told), "nothing was cut: the test did not kill under load"
    check_rows(own_stack, signers, crowd.told)


async def test_without_valkey_scans_go_on(own_stack: Live) -> None:
    own_stack.start_web()
    (acme,) = furnish(own_stack, "acme")
    async with Crowd(own_stack.place.port, [acme]) as crowd:
        await crowd.until(lambda told: len(grants(told)) >= 30)
        await asyncio.to_thread(own_stack.valkey.stop)
        begun = await crowd.until(lambda told: len(told) >= 100)
    assert {one.reason for one in crowd.told[begun:]} == {"granted"}
    check_rows(own_stack, [acme], crowd.told)


def check_rows(live: Live, signers: list[Signer], told: list[Told]) -> None:
    """What was told stands in the record."""
    for signer in signers:
        written = rows(live, signer)
        for one in told:
            if one.company == signer.firm.id and one.status == 200:
                assert written[one.reader, one.counter] == (one.granted, one.reason)
