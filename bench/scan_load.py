"""The load: requests signed beforehand; each connection sends its next one when the answer is there."""

import asyncio
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.scan_firm import Firm
from sallyport.codes import LiveContents, MintingKeys, mint_live
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer

PATH = "/api/v1/scans"


class Signer:
    """Makes requests of a firm's readers, each with a fresh code and the reader's next number."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.minting = MintingKeys(firm.key_id, firm.uid, firm.seal_key, firm.sign_seed)
        self.readers = [(handle, Ed25519Signer(seed)) for handle, seed in firm.readers]
        self.counters = {handle: 0 for handle, _ in firm.readers}
        self.nonce = secrets.randbelow(2**31)
        self.turn = 0

    def coded(self) -> str:
        """A fresh code of the next person."""
        self.nonce = (self.nonce + 1) % 2**32
        credential, device, profile = self.firm.people[self.nonce % len(self.firm.people)]
        return mint_live(
            LiveContents(credential, device, profile, 0, int(time.time()), self.nonce), self.minting
        )

    def request(self, port: int, code: str | None = None) -> bytes:
        """One whole HTTP request of the next reader, with a fresh code unless one is given."""
        self.turn += 1
        handle, key = self.readers[self.turn % len(self.readers)]
        self.counters[handle] += 1
        now = int(time.time())
        code = code or self.coded()
        told = {"counter": self.counters[handle], "code": code, "at_ms": int(time.time() * 1000)}
        body = json.dumps(told).encode()
        host = f"{self.firm.host}:{port}"
        fields = sign_request(
            method="POST",
            url=f"http://{host}{PATH}",
            body=body,
            key=key,
            keyid=f"reader:{self.firm.id}:{handle}",
            created=now,
            nonce=secrets.token_urlsafe(16),
        )
        head = [f"POST {PATH} HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
        head += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def mixed(main: Signer, others: list[Signer], count: int, port: int) -> list[bytes]:
    """Half of the requests from one company, half spread over the others."""
    deck = [main if n % 2 else random.choice(others) for n in range(count)]
    return [signer.request(port) for signer in deck]


@dataclass
class Outcome:
    """What a round of load brought."""

    seconds: float
    answers: int
    latencies: list[float]
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class Client(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, supply: Iterator[bytes], tell: Callable[[float, bytes], bool]) -> None:
        self.supply = supply
        self.tell = tell
        self.buffer = b""
        self.sent = 0.0
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # a stream has no other

    def begin(self) -> None:
        """Send the next request, or close when there is none."""
        request = next(self.supply, None)
        if request is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self.buffer = b""
        if self.tell(
            time.perf_counter() - self.sent, head[9:12] + (b" g" if b'"granted":true' in rest else b" -")
        ):
            self.begin()
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


async def fire(requests: list[bytes], port: int, *, connections: int, seconds: float) -> Outcome:
    """Send until the time or the requests are up; only answers within the time count."""
    supply = iter(requests)
    outcome = Outcome(0.0, 0, [])
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    ends = begun + seconds

    def tell(latency: float, status: bytes) -> bool:
        outcome.latencies.append(latency)
        outcome.statuses[status.decode()] += 1
        return time.perf_counter() < ends

    clients = [
        (await loop.create_connection(lambda: Client(supply, tell), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    begun = time.perf_counter()
    ends = begun + seconds
    for client in clients:
        client.begin()
    await asyncio.gather(*(client.closed for client in clients))
    outcome.seconds = time.perf_counter() - begun
    outcome.answers = len(outcome.latencies)
    return outcome
