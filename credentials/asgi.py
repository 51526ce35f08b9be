"""`POST /api/v1/wallet/codes` in front of Django: the request a phone makes every half minute while it
shows its code.

Measured against the same request through Django's middleware and view in bench/mint.py. One round trip to
PostgreSQL, no Valkey.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, transaction
from psycopg import errors, sql
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from credentials import minting, proofs
from credentials.models import Device
from credentials.refusals import Refused
from credentials.services.phones import vouch_at_first_use
from credentials.signals import profile_found_stale
from sallyport.codes.live import MintingKeys
from sallyport.keys import P256Public
from tenants import hosts, live
from tenants.refs import CompanyRef
from tenants.rests import Rests
from tenants.turns import NOBODY, Turns, fresh
from vault.selectors import held_minting_keys, minting_keys

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pool = AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]

logger = logging.getLogger(__name__)

MOST_BODY = 4096
MOST_PHONES = 5000
POOL_SIZE = 4
WAIT_SECONDS = 3.0
_PHONE = "SELECT handle, public_key FROM {schema}.credentials_device WHERE thumbprint = %s"
_UNAVAILABLE = Refused(
    "server_unavailable", "The server cannot answer now. Try again in a moment.", status=503, retry=True
)


class _Kept:
    """What one process remembers of phones: their public keys, which never change."""

    def __init__(self) -> None:
        self._phones: OrderedDict[tuple[int, str], tuple[int, P256Public]] = OrderedDict()
        self._statements: dict[str, bytes] = {}

    def phone(self, company: CompanyRef, thumbprint: str) -> tuple[int, P256Public] | None:
        phone = self._phones.get((company.id, thumbprint))
        if phone is not None:
            self._phones.move_to_end((company.id, thumbprint))
        return phone

    def keep_phone(self, company: CompanyRef, thumbprint: str, phone: tuple[int, P256Public]) -> None:
        self._phones[(company.id, thumbprint)] = phone
        if len(self._phones) > MOST_PHONES:
            self._phones.popitem(last=False)

    def statement(self, schema: str) -> bytes:
        text = self._statements.get(schema)
        if text is None:
            text = self._statements[schema] = minting.statement(schema).as_bytes(None)
        return text


def _confirm(device: int) -> bool:
    return vouch_at_first_use(device=Device.objects.select_related("holder").get(handle=device))


def _refresh(device: int) -> None:
    with transaction.atomic():
        holder = Device.objects.select_related("holder__subject").get(handle=device).holder
        profile_found_stale.send(Device, holder=holder)


def new_pool() -> Pool:
    """A small pool of this process; opened in the running loop by its first user."""
    database = settings.DATABASES["default"]
    return AsyncConnectionPool(
        kwargs={
            "dbname": database["NAME"],
            "user": database["USER"],
            "password": database["PASSWORD"],
            "host": database["HOST"],
            "port": database["PORT"],
            "autocommit": True,
            "application_name": "sallyport-mint",
            # A company locked by a long migration must not hold the connections of all the others.
            "options": "-c lock_timeout=300ms -c statement_timeout=3s",
        },
        min_size=1,
        max_size=POOL_SIZE,
        timeout=WAIT_SECONDS,
        open=False,
    )


def _threads() -> Turns:
    """For what goes through Django (keys, hosts, first uses: rare). A locked company takes one."""
    return Turns(3, 1, "mint")


class Mint:
    """The raw callable. State belongs to the process and its one event loop."""

    def __init__(self) -> None:
        self._kept = _Kept()
        self._aside = _threads()
        self._rests = Rests()
        self._pool: Pool | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self) -> None:
        """Open the pool in the server's loop, and hear in it of keys that are refused."""
        live.hub()
        await self._opened()

    async def shutdown(self) -> None:
        """Close what was opened."""
        await live.close_hub()
        await self._aside.close()
        self._aside = _threads()
        if self._pool is not None:
            await self._pool.close()
            self._pool = self._loop = None

    async def _opened(self) -> Pool:
        loop = asyncio.get_running_loop()
        if self._pool is None or self._loop is not loop:
            self._pool, self._loop = new_pool(), loop
            await self._pool.open(wait=False)
        return self._pool

    @asynccontextmanager
    async def _connection(self, company: CompanyRef) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """One for the company; at once none for one whose tables were locked a moment ago."""
        async with (await self._opened()).connection() as connection:
            if self._rests.resting(company.id):
                raise _UNAVAILABLE
            try:
                yield connection
            except (errors.LockNotAvailable, errors.QueryCanceled):
                self._rests.failed(company.id)
                raise
            self._rests.went_well(company.id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        now_ms = time.time_ns() // 1_000_000
        try:
            body = await _body(scope, receive)
            told = (await self._mint(scope, body, now_ms)).as_dict(now_ms // 1000)
            status = 200
        except Refused as refusal:
            told, status = refusal.as_dict(), refusal.status
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, DatabaseError):
            logger.warning("minting cannot reach the database")
            told, status = _UNAVAILABLE.as_dict(), _UNAVAILABLE.status
        except Exception:
            # Whatever it is, no code goes out; the phone is told to ask again.
            logger.exception("a code could not be made")
            told, status = _UNAVAILABLE.as_dict(), _UNAVAILABLE.status
        await _answer(send, status, told)

    async def _mint(self, scope: Scope, body: bytes, now_ms: int) -> minting.Minted:
        signed = proofs.parse_asgi(scope["headers"])
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        company = await self._company(host)
        query = scope.get("query_string", b"").decode("latin-1")
        url = f"{settings.PUBLIC_SCHEME}://{host}{scope['path']}" + (f"?{query}" if query else "")
        request = proofs.SignedHttp(scope["method"], url, body, signed)
        device, public = await self._phone(company, signed.keyid.removeprefix(proofs.KEYID_PREFIX))
        proven = proofs.verify(request, public, now_ms / 1000)
        asked = minting.Asked(device, proven.created, proven.nonce, now_ms)
        facts = await self._ask(company, asked)
        if facts is not None and facts.due is not None and facts.confirms_itself:
            facts = facts.settled(confirmed=await self._aside.inside(company, partial(_confirm, device)))
        try:
            return minting.mint(facts, await self._keys(company), now_ms)
        except Refused as refusal:
            if refusal.code == "profile_stale":
                # The clock has changed the levels, and beat has not come by: the phone's next try finds them.
                await self._aside.inside(company, partial(_refresh, device))
            raise

    async def _company(self, host: str) -> CompanyRef:
        try:
            company = hosts.cached(host)
        except KeyError:
            company = await self._aside.run(NOBODY, partial(fresh, partial(hosts.lookup, host)))
        if company is None or not company.active:
            raise Refused("unknown_host", "There is no company at this address.", status=404)
        return company

    async def _keys(self, company: CompanyRef) -> MintingKeys:
        # The vault drops what it holds when keys are refused: nothing is kept beside it.
        held = held_minting_keys(company)
        return await self._aside.inside(company, minting_keys) if held is None else held

    async def _phone(self, company: CompanyRef, thumbprint: str) -> tuple[int, P256Public]:
        phone = self._kept.phone(company, thumbprint)
        if phone is not None:
            return phone
        query = sql.SQL(_PHONE).format(schema=sql.Identifier(company.schema))
        async with self._connection(company) as connection:
            row = await (await connection.execute(query, [thumbprint])).fetchone()
        if row is None:
            raise proofs.not_enrolled()
        phone = (row[0], P256Public(bytes(row[1])))
        self._kept.keep_phone(company, thumbprint, phone)
        return phone

    async def _ask(self, company: CompanyRef, asked: minting.Asked) -> minting.Facts | None:
        async with self._connection(company) as connection:
            cursor = await connection.execute(self._kept.statement(company.schema), asked.parameters())
            row = await cursor.fetchone()
        return None if row is None else minting.Facts(*row)


async def _body(scope: Scope, receive: Receive) -> bytes:
    if scope["method"] != "POST":
        raise Refused("method_not_allowed", "Only POST is answered here.", status=405)
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("cut_off", "The request was cut off.", status=400, retry=True)
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > MOST_BODY:
            raise Refused("too_large", "The request is too large.", status=413)
        if not message.get("more_body"):
            return body


async def _answer(send: Send, status: int, told: dict[str, Any]) -> None:
    body = json.dumps(told, separators=(",", ":")).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = Mint()
