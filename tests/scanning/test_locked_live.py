"""Two companies locked as by a long migration, on a running system: a third is not held up anywhere."""

import asyncio
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from bench.scan_load import Signer
from sallyport import reader_protocol as wire
from tests.fixtures.live import Live
from tests.scanning.crowd import at_once, execute, furnish, lock_all

pytestmark = pytest.mark.faults
SESSION = "abcdefabcdefabcdefabcdefabcdefab"
LOCKED = ("globex", "initech")


def schema_of(signer: Signer) -> str:
    return f"c_{signer.firm.uid.hex()}"


class Pages:
    """A browser with a made-up session, on any company."""

    def __init__(self, live: Live) -> None:
        self.port = live.place.port
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    async def get(self, company: str, path: str = "/people/") -> httpx.Response:
        headers = {"Host": f"{company}.localhost:{self.port}", "Cookie": f"session={SESSION}"}
        return await self.client.get(path, headers=headers)

    async def forget_password(self, company: str, email: str) -> int:
        """Ask for a mail; the status."""
        page, host = "/password/forgotten/", {"Host": f"{company}.localhost:{self.port}"}
        form = await self.client.get(page, headers=host)
        token = form.text.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        name, value = next(iter(form.cookies.items()))
        data = {"csrfmiddlewaretoken": token, "email": email}
        sent = await self.client.post(page, data=data, headers={**host, "Cookie": f"{name}={value}"})
        return sent.status_code


async def hello(port: int, signer: Signer, number: int) -> ClientConnection:
    """A reader's socket, greeted."""
    handle, key = signer.readers[number]
    host = f"{signer.firm.host}:{port}"
    url = f"ws://127.0.0.1:{port}/api/v1/readers/socket"
    socket = await connect(url, additional_headers={"Host": host}, proxy=None)
    challenge = wire.decode(str(await socket.recv()))
    assert isinstance(challenge, wire.Challenge)
    signed = wire.hello_bytes(
        company=signer.firm.uid, reader=handle, server_nonce=challenge.nonce, epoch=1, seq=0
    )
    await socket.send(wire.encode(wire.Hello(f"reader:{signer.firm.id}:{handle}", 1, 0, key.sign(signed))))
    return socket


async def hear_up_to(socket: ClientConnection, seq: int) -> None:
    """Hear deltas until one that reaches so far."""
    async with asyncio.timeout(9):
        while True:
            message = wire.decode(str(await socket.recv()))
            if isinstance(message, wire.Delta) and message.seq >= seq:
                return


def ask(live: Live, query: str) -> int:
    with psycopg.connect(live.database_url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def until(holds: object, seconds: float) -> None:
    assert callable(holds)
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(holds):
            await asyncio.sleep(0.2)


@pytest.fixture
def running(own_stack: Live) -> Live:
    own_stack.start_web()
    own_stack.worker.start()
    return own_stack


async def test_two_locked_companies_hold_up_no_third(running: Live) -> None:
    acme, *locked = furnish(running, "acme", *LOCKED)
    port, pages, house = running.place.port, Pages(running), schema_of(acme)
    mails = Path(running.place.var / "mail")
    for _ in range(4):  # both web processes
        assert all(one.granted for one in await at_once(port, [s.request(port) for s in (acme, *locked)]))
    assert (await pages.get("acme")).status_code == 302
    reader = await hello(port, acme, 0)
    await hear_up_to(reader, 0)
    with psycopg.connect(running.database_url) as migration:
        lock_all(migration, *map(schema_of, locked))
        hung = [asyncio.create_task(pages.get(name)) for name in LOCKED * 16]
        gates = [asyncio.create_task(hello(port, signer, n)) for signer in locked for n in range(6)]
        await asyncio.sleep(1)
        before = ask(running, f"SELECT seq FROM {house}.ledger_policycounter")
        sealed = ask(running, f"SELECT count(*) FROM {house}.ledger_checkpoint")
        execute(running, f"UPDATE {house}.credentials_codepolicy SET code_life = 59")
        execute(
            running,
            f"UPDATE {house}.readers_reader SET state = 'suspended' WHERE handle = {acme.readers[-1][0]}",
        )
        await hear_up_to(reader, before + 1)
        begun = time.monotonic()
        told = await at_once(port, [acme.request(port) for _ in range(7)])
        assert time.monotonic() - begun < 2.3  # 0.3 of them before the gate opens
        assert {one.status for one in told} == {200}
        begun = time.monotonic()
        answers = await asyncio.gather(*(pages.get("acme") for _ in range(6)))
        assert {one.status_code for one in answers} == {302}
        assert time.monotonic() - begun < 4
        refused = await asyncio.gather(*hung)
        assert {one.status_code for one in refused} == {503}
        assert all("server_unavailable" in one.text and one.headers["Retry-After"] for one in refused)
        api = await pages.get(LOCKED[0], "/api/v1/openapi-is-not-here/")
        assert api.status_code in (404, 503)
        assert await pages.forget_password("acme", "olga@acme.example") in (200, 302)
        await until(lambda: any(b"olga@acme" in file.read_bytes() for file in mails.rglob("*.*")), 20)
        await until(lambda: ask(running, f"SELECT count(*) FROM {house}.ledger_checkpoint") > sealed, 40)
        migration.rollback()
    await asyncio.sleep(2.5)  # longer than the longest rest
    assert {(await pages.get(name)).status_code for name in LOCKED} == {302}
    again = await at_once(port, [signer.request(port) for signer in locked for _ in range(3)])
    assert all(one.granted for one in again)
    for socket in [reader, *await asyncio.gather(*gates)]:
        await socket.close()
    await pages.client.aclose()
