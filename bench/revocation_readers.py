"""A process full of readers: real sockets, real signatures, one acknowledgement for each frame.

Arguments: port, host, company id, company uid, first handle, count, epoch, seq. Prints `ready` when all are.
Then it takes words, one a line: `away` (all hang up), `back` (all call at once, from where they stand; then
`ready` when all are), `bundles` (each fetches its own; `bundles`, bytes, how often one had to come again).
At the end of its standard input it prints one JSON line with what it saw.
"""

import asyncio
import json
import random
import secrets
import sys
import time
from dataclasses import dataclass

import uvloop
from websockets.asyncio.client import ClientConnection, connect

from bench.revocation_keys import signer
from edge.chores import LONGEST_PAUSE
from sallyport import reader_protocol as wire
from sallyport.http_signatures import sign_request

BUNDLE = "/api/v1/readers/bundle"


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
    again: int = 0


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

    async def fetch(self, port: int) -> int:
        """Its bundle over HTTP; how many bytes the answer had. Told to come again, it pauses as the reader
        program does.
        """
        pause = 1.0
        while True:
            answer = await self._asked(port)
            if answer.startswith(b"HTTP/1.1 200") and b'"bundle_sig"' in answer:
                return len(answer)
            if not answer.startswith(b"HTTP/1.1 503"):
                raise SystemExit(f"no bundle: {answer[:300]!r}")
            self.crew.again += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _asked(self, port: int) -> bytes:
        host = f"{self.crew.host}:{port}"
        fields = sign_request(
            method="GET",
            url=f"http://{host}{BUNDLE}",
            body=b"",
            key=self.key,
            keyid=f"reader:{self.crew.company_id}:{self.handle}",
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        head = [f"GET {BUNDLE} HTTP/1.1", f"Host: {host}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in fields.items()]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
        answer = await reader.read()
        writer.close()
        return answer

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


class Company:
    """All readers of this process, at their sockets or away."""

    def __init__(self, crew: Crew, first: int, count: int) -> None:
        self.crew = crew
        self.readers = [Reader(crew, first + number) for number in range(count)]
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *, together: bool) -> None:
        """Connect everybody and wait until all are up to date."""
        self.crew.ready, self.tasks = 0, []
        for number, reader in enumerate(self.readers):
            self.tasks.append(asyncio.create_task(reader.live()))
            if not together and number % 25 == 24:
                await asyncio.sleep(0.05)
        while self.crew.ready < len(self.readers):
            await asyncio.sleep(0.02)
            for task in self.tasks:
                if task.done():
                    task.result()
                    raise SystemExit("a reader was closed")

    async def leave(self) -> None:
        """Hang up."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def fetch(self, port: int) -> int:
        """Everybody's bundle at once; bytes of all answers."""
        return sum(await asyncio.gather(*(reader.fetch(port) for reader in self.readers)))

    async def obey(self, word: str, port: int) -> str:
        """Do what was asked; the answer."""
        if word == "away":
            await self.leave()
        elif word == "bundles":
            self.crew.again = 0
            return f"bundles {await self.fetch(port)} {self.crew.again}"
        else:
            await self.come(together=True)
            return "ready"
        return word


async def main() -> None:
    """Connect everybody, then serve until standard input ends."""
    port, host, company_id, uid, first, count, epoch, seq = sys.argv[1:]
    url = f"ws://127.0.0.1:{port}/api/v1/readers/socket"
    crew = Crew(url, host, int(company_id), bytes.fromhex(uid), int(epoch), int(seq))
    company = Company(crew, int(first), int(count))
    await company.come(together=False)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while word := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        print(await company.obey(word, int(port)), flush=True)
    alive = sum(not task.done() for task in company.tasks)
    told = {"gaps": crew.gaps, "lowest": min(reader.seq for reader in company.readers), "alive": alive}
    print(json.dumps(told), flush=True)
    await company.leave()


if __name__ == "__main__":
    uvloop.run(main())
