"""The socket of the server that stands in: what the policy is, and what it becomes."""

import secrets
from typing import TYPE_CHECKING

from edge.encoding import b64, unb64
from sallyport import reader_protocol as wire
from tests.edge import lines

if TYPE_CHECKING:
    from tests.edge.standin import Standin


async def followed(server: "Standin", line: lines.Wire) -> None:
    """Challenge, hello, what was missed, ready; then whatever is pushed."""
    assert server.public is not None
    if server.faults.no_socket or server.faults.portal or (server.faults.status and not server.faults.only):
        return
    nonce = secrets.token_bytes(16)
    await line.say({"t": "challenge", "nonce": b64(nonce)})
    hello = await line.hear()
    signed = wire.hello_bytes(
        company=server.firm.company,
        reader=server.handle,
        server_nonce=nonce,
        epoch=hello["epoch"],
        seq=hello["seq"],
    )
    server.public.verify(signed, unb64(hello["sig"]))
    await line.say(delta := server.since(hello["epoch"], hello["seq"]))
    while delta["seq"] < server.seq:
        await line.say(delta := server.since(1, delta["seq"]))
    server.wires.append(line)
    try:
        while True:
            frame = await line.hear()
            if frame["t"] != "ack":
                server.told.append(frame)
                continue
            server.note_ack(frame)
            await line.say({"t": "ready", "epoch": 1, "seq": frame["seq"]})
    finally:
        server.wires.remove(line)
