"""The baseline: an ASGI callable with the same four steps of cryptography and one batched INSERT, no more.

No rules, no policy, no replay, no record: what is left when everything that makes it Sallyport is taken away.
Same server, same connections and fsync, same messages in and out.
"""

import asyncio
import json
import os
import pickle
import struct
import time
from pathlib import Path
from typing import Any

from bench.scan_firm import LIFE, PULSE_MS, Firm
from readers.scanning.channel import Channel
from readers.scanning.pool import Pool
from sallyport.answers import answer_bytes, sign
from sallyport.codes import OpenedCode, OpeningKeys, code_hash, open_code
from sallyport.http_signatures import parse_asgi, verify
from sallyport.keys import Ed25519Public, Ed25519Signer, b64url
from sallyport.reasons import Reason

INSERT = (
    b"INSERT INTO public.bare_event (reader, counter, at, credential, device, code_hash)"
    b" SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::bytea[])"
)
TABLE = (
    "CREATE TABLE IF NOT EXISTS public.bare_event (reader bigint, counter bigint, at bigint,"
    " credential bigint, device bigint, code_hash bytea, PRIMARY KEY (reader, counter))"
)
MOST_IN_BATCH = 128
_ARRAY = struct.Struct(">iiIii")


def numbers(values: list[int]) -> bytes:
    """A binary int8[]."""
    body = struct.pack(">" + "iq" * len(values), *(part for value in values for part in (8, value)))
    return _ARRAY.pack(1, 0, 20, len(values), 1) + body


def strings(values: list[bytes]) -> bytes:
    """A binary bytea[] of 32 bytes each."""
    return _ARRAY.pack(1, 0, 17, len(values), 1) + b"".join(struct.pack(">i", 32) + value for value in values)


class BareChannel(Channel):
    """The same connection, for one statement."""

    def _send(self, calls: Any) -> None:
        rows = calls
        if "bare" not in self._names:
            self._pg.send_prepare(b"bare", INSERT, [1016] * 5 + [1001])
            self._names["bare"] = b"bare"
        columns = list(zip(*rows, strict=True))
        values = [numbers(list(column)) for column in columns[:5]] + [strings(list(columns[5]))]
        self._pg.send_query_prepared(b"bare", values, [1] * 6, 1)
        self._pg.pipeline_sync()
        self._flush()


class BarePool(Pool):
    """The same pool of such connections."""

    async def _connect(self) -> Channel:
        return await BareChannel.open(self._conninfo)


class Bare:
    """The callable."""

    def __init__(self) -> None:
        firms: list[Firm] = pickle.loads(Path(os.environ["BENCH_TOWN"]).read_bytes())
        self.conninfo = os.environ["BENCH_CONNINFO"]
        self.readers = {
            f"reader:{firm.id}:{handle}": (firm.uid, handle, Ed25519Public(Ed25519Signer(seed).public.raw))
            for firm in firms
            for handle, seed in firm.readers
        }
        self.keys = {
            firm.key_id: OpeningKeys(firm.key_id, firm.uid, firm.seal_key, firm.verify_key, 0, None)
            for firm in firms
        }
        self.signer = Ed25519Signer.generate()
        self.pool: Pool | None = None
        self.rows: list[tuple[Any, ...]] = []
        self.waiting: list[asyncio.Future[None]] = []
        self.woken = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.lifespan(receive, send)
        body = (await receive())["body"]
        answer = await self.serve(scope, body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def lifespan(self, receive: Any, send: Any) -> None:
        while True:
            phase = (await receive())["type"]
            if phase == "lifespan.startup":
                self.pool = BarePool(self.conninfo, 8, self.wake)
                self.pool.start()
            await send({"type": f"{phase}.complete"})
            if phase == "lifespan.shutdown":
                return

    async def serve(self, scope: Any, body: bytes) -> bytes:
        signed = parse_asgi(scope["headers"])
        company, reader, key = self.readers[signed.keyid]
        host = next(value for name, value in scope["headers"] if name == b"host").decode()
        verify(signed, method="POST", url=f"http://{host}{scope['path']}", body=body, public=key)
        told = json.loads(body)
        now = int(time.time())
        opened = open_code(told["code"], keys=self.keys, foreign=bool, now=now, life=LIFE)
        digest = code_hash(told["code"])
        await self.insert(signed.keyid, told["counter"], opened, digest)
        answer = answer_bytes(
            company=company,
            reader=reader,
            counter=told["counter"],
            access_point=1,
            code_hash=digest,
            granted=True,
            reason=Reason.GRANTED,
            pulse_ms=PULSE_MS,
        )
        return (
            f'{{"counter":{told["counter"]},"granted":true,"reason":"granted","text":"Welcome.","pulse_ms":{PULSE_MS},'
            f'"access_point":1,"at_ms":{now * 1000},"sig":"{b64url(sign(answer, self.signer))}"}}'
        ).encode()

    def insert(self, keyid: str, counter: int, opened: OpenedCode, digest: bytes) -> "asyncio.Future[None]":
        waiter = asyncio.get_running_loop().create_future()
        _, company, handle = keyid.split(":")
        row = (int(company) << 32 | int(handle), counter, opened.issued)
        self.rows.append((*row, opened.contents.credential, opened.contents.device, digest))
        self.waiting.append(waiter)
        self.wake()
        return waiter

    def wake(self) -> None:
        if not self.woken:
            self.woken = True
            asyncio.get_running_loop().call_soon(self.pump)

    def pump(self) -> None:
        self.woken = False
        assert self.pool is not None
        # As in the product: two at work, so that fsyncs overlap and batches still gather.
        while self.rows and len(self.pool.busy()) < 2 and (channel := self.pool.take()):
            rows, self.rows = self.rows[:MOST_IN_BATCH], self.rows[MOST_IN_BATCH:]
            waiting, self.waiting = self.waiting[:MOST_IN_BATCH], self.waiting[MOST_IN_BATCH:]
            task = asyncio.get_running_loop().create_task(self.write(channel, rows, waiting))
            task.add_done_callback(lambda done: done.result())

    async def write(self, channel: Channel, rows: list[Any], waiting: list[Any]) -> None:
        await channel.run(rows)
        assert self.pool is not None
        self.pool.give(channel)
        for waiter in waiting:
            waiter.set_result(None)


def make() -> Bare:
    """For granian's --factory."""
    return Bare()
