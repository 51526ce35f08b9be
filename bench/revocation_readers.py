"""A process full of readers: real sockets, real signatures, one acknowledgement for each frame.

Arguments: port, host, company id, company uid, first handle, count, epoch, seq. Prints `ready` when all are;
at the end of its standard input prints one JSON line with what it saw.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.revocation_keys import signer
from sallyport import reader_protocol as wire


@dataclass
class Crew:
    """What all readers of this process share."""

    url: str
    host: str
    company_id: int
    company: bytes
    epoch: int
    seq: int
    ready: int = 0
    gaps: int = 0


class Reader:
    """One reader: where it stands, and its key, made before the clock runs."""

    def __init__(self, crew: Crew, handle: int) -> None:
        self.crew, self.handle, self.key, self.seq = crew, handle, signer(handle), crew.seq

    async def live(self) -> None:
        """Serve until the socket ends."""
        crew = self.crew
        async with connect(
            crew.url,
            additional_headers={"Host": crew.host},
            compression=None,
            ping_interval=None,
            max_size=None,
            open_timeout=120,
            proxy=None,
        ) as socket:
            await self._greet(socket)
            async for text in socket:
                message = wire.decode(str(text))
                if isinstance(message, wire.Delta):
                    await self._apply(socket, message)
                elif isinstance(message, wire.Ready):
                    crew.ready += 1

    async def _greet(self, socket: ClientConnection) -> None:
        crew = self.crew
        challenge = wire.decode(str(await socket.recv()))
        assert isinstance(challenge, wire.Challenge)
        signed = wire.hello_bytes(
            company=crew.company,
            reader=self.handle,
            server_nonce=challenge.nonce,
            epoch=crew.epoch,
            seq=self.seq,
        )
        keyid = f"reader:{crew.company_id}:{self.handle}"
        await socket.send(wire.encode(wire.Hello(keyid, crew.epoch, self.seq, self.key.sign(signed))))

    async def _apply(self, socket: ClientConnection, delta: wire.Delta) -> None:
        if delta.changes and delta.changes[0][0] > self.seq + 1:
            self.crew.gaps += 1
        self.seq = max(self.seq, delta.seq)
        at_ms = time.time_ns() // 1_000_000
        signed = wire.ack_bytes(
            company=self.crew.company, reader=self.handle, epoch=delta.epoch, seq=delta.seq, at_ms=at_ms
        )
        await socket.send(wire.encode(wire.Ack(delta.epoch, delta.seq, at_ms, self.key.sign(signed))))


async def main() -> None:
    """Connect everybody, then serve until standard input ends."""
    port, host, company_id, uid, first, count, epoch, seq = sys.argv[1:]
    url = f"ws://127.0.0.1:{port}/api/v1/readers/socket"
    crew = Crew(url, host, int(company_id), bytes.fromhex(uid), int(epoch), int(seq))
    readers = [Reader(crew, int(first) + number) for number in range(int(count))]
    loop = asyncio.get_running_loop()
    tasks = []
    for number, reader in enumerate(readers):
        tasks.append(loop.create_task(reader.live()))
        if number % 25 == 24:
            await asyncio.sleep(0.05)
    while crew.ready < int(count):
        await asyncio.sleep(0.05)
        for task in tasks:
            if task.done():
                task.result()
                raise SystemExit("a reader was closed")
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    alive = sum(not task.done() for task in tasks)
    told = {"gaps": crew.gaps, "lowest": min(reader.seq for reader in readers), "alive": alive}
    print(json.dumps(told), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    uvloop.run(main())
