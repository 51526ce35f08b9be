"""The bare broadcast: sends to all sockets, verifies each signed acknowledgement, stores nothing.

Speaks the readers' protocol, so that the very same clients connect to it. `POST /broadcast` sends one change
and answers with the milliseconds until the last acknowledgement was verified.
"""

import asyncio
import json
import os
import time
from typing import Any

from bench.revocation_keys import signer
from sallyport import reader_protocol as wire
from sallyport.keys import Ed25519Public

COMPANY = bytes.fromhex(os.environ.get("BENCH_COMPANY_UID", "00" * 16))
EPOCH = 1


class Broadcast:
    """All of its state."""

    def __init__(self) -> None:
        self.sockets: dict[int, Any] = {}
        self.keys: dict[int, Ed25519Public] = {}
        self.seq = 0
        self.missing: set[int] = set()
        self.done = asyncio.Event()

    async def everyone(self) -> float:
        """One broadcast; milliseconds until the last acknowledgement."""
        begun = time.perf_counter()
        self.seq += 1
        self.missing = set(self.sockets)
        self.done.clear()
        frame = wire.encode(wire.Delta(EPOCH, self.seq, ((self.seq, "device", 1),)))
        for send in list(self.sockets.values()):
            await send({"type": "websocket.send", "text": frame})
        await self.done.wait()
        return (time.perf_counter() - begun) * 1000

    def acknowledged(self, handle: int, ack: wire.Ack) -> None:
        """Verify and count."""
        signed = wire.ack_bytes(company=COMPANY, reader=handle, epoch=ack.epoch, seq=ack.seq, at_ms=ack.at_ms)
        self.keys[handle].verify(signed, ack.sig)
        if ack.seq == self.seq:
            self.missing.discard(handle)
            if not self.missing:
                self.done.set()


state = Broadcast()


async def _socket(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": wire.encode(wire.Challenge(bytes(32)))})
    handle = 0
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            state.sockets.pop(handle, None)
            return
        said = wire.decode(message["text"])
        if isinstance(said, wire.Hello):
            handle = int(said.keyid.rpartition(":")[2])
            state.keys[handle] = signer(handle).public
            state.sockets[handle] = send
            await send({"type": "websocket.send", "text": wire.encode(wire.Ready(EPOCH, state.seq))})
        elif isinstance(said, wire.Ack):
            state.acknowledged(handle, said)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI callable."""
    if scope["type"] == "websocket":
        await _socket(receive, send)
    elif scope["type"] == "http":
        told = (
            {"ms": await state.everyone()} if scope["method"] == "POST" else {"readers": len(state.sockets)}
        )
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})
    else:
        while True:
            phase = (await receive())["type"]
            await send({"type": f"{phase}.complete"})
            if phase.endswith("shutdown"):
                return
