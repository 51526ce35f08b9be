"""A reader: pairs with a typed code, asks about what it sees, keeps its line, acknowledges, witnesses."""

import base64
import json
import secrets
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from deploy.tour.browser import HERE, Browser, Site
from deploy.tour.report import Mismatch, expect
from sallyport import answers
from sallyport import reader_protocol as wire
from sallyport.codes.layout import code_hash
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Public, Ed25519Signer
from sallyport.ledger import checkpoint_hash, parse_checkpoint
from sallyport.reasons import Reason

Point = tuple[int, int]


def b64(data: bytes) -> str:
    """Base64 with padding, as the protocol writes bytes."""
    return base64.b64encode(data).decode("ascii")


@dataclass
class Reader:
    """One reader at one company's host."""

    site: Site
    subdomain: str
    name: str
    key: Ed25519Signer = field(default_factory=Ed25519Signer.generate)

    def __post_init__(self) -> None:
        self.http = self.site.client(self.subdomain)
        self.applied: dict[Point, float] = {}
        self.witnessed: list[int] = []
        self.ready = threading.Event()
        self.moved = threading.Condition()
        self.line: ClientConnection | None = None
        self.fault: Exception | None = None

    def pair(self, code: str) -> None:
        """Prove the key for the typed code, and remember what the server tells."""
        with Browser(self.site, self.subdomain) as browser:
            self.company = bytes.fromhex(
                browser.open("/reader/").attributes["data-company-uid"].replace("-", "")
            )
        typed, nonce = code.replace("-", "").upper(), secrets.token_bytes(16)
        proof = wire.pair_bytes(
            company=self.company,
            code_hash=sha256(typed.encode("ascii")).digest(),
            public_key=self.key.public.raw,
            nonce=nonce,
        )
        body = {
            "code": code,
            "public_key": b64(self.key.public.raw),
            "algorithm": "ed25519",
            "nonce": b64(nonce),
            "proof": b64(self.key.sign(proof)),
        }
        answer = self.http.post("/api/v1/readers/pair", json=body, extensions=self._sni())
        if answer.status_code != 200:
            raise Mismatch(f"pairing answers {answer.status_code} {answer.text[:200]}")
        told = answer.json()
        self.handle, self.company_id, self.counter = told["reader"], told["company_id"], told["counter"]
        self.point: Point = (told["epoch"], told["seq"])
        self.answer_key = Ed25519Public(base64.b64decode(told["answer_key"]))
        self.checkpoint_key = Ed25519Public(base64.b64decode(told["checkpoint_key"]))

    def scan(self, code: str) -> dict[str, Any]:
        """Ask about a code under the next event id; the answer, its signature verified."""
        self.counter += 1
        told = {"counter": self.counter, "code": code, "at_ms": time.time_ns() // 1_000_000}
        answer = self._signed("POST", "/api/v1/scans", told)
        if answer.status_code != 200:
            raise Mismatch(f"the scan answers {answer.status_code} {answer.text[:200]}")
        verdict: dict[str, Any] = answer.json()
        expect(verdict["counter"], self.counter, "event id")
        signed = answers.answer_bytes(
            company=self.company,
            reader=self.handle,
            counter=self.counter,
            access_point=verdict["access_point"],
            code_hash=code_hash(code),
            granted=verdict["granted"],
            reason=Reason(verdict["reason"]),
            pulse_ms=verdict["pulse_ms"],
        )
        answers.verify(signed, base64.b64decode(verdict["sig"]), self.answer_key)
        return verdict

    def opened(self) -> None:
        """Tell that the door was opened for the last event."""
        answer = self._signed("POST", "/api/v1/scans/outcome", {"counter": self.counter, "opened": True})
        expect(answer.status_code, 204, "outcome")

    def listen(self) -> None:
        """Open the line and keep it in a thread of its own."""
        trust = self.site.trust()
        scheme = "wss" if self.site.scheme == "https" else "ws"
        self.line = connect(
            f"{scheme}://{self.site.host(self.subdomain)}/api/v1/readers/socket",
            sock=socket.create_connection((HERE, self.site.port), timeout=10),
            ssl=trust if isinstance(trust, ssl.SSLContext) else None,
            server_hostname=self.site.domain if isinstance(trust, ssl.SSLContext) else None,
            proxy=None,
            open_timeout=10,
            legacy=True,  # the name for a line that outlives a block: another thread keeps it
        )
        threading.Thread(target=self._follow, args=(self.line,), daemon=True).start()

    def wait_ready(self, seconds: float = 15) -> None:
        """Until the server says that this reader is up to date."""
        if not self.ready.wait(seconds):
            raise Mismatch(f"{self.name} is not ready: {self.fault or 'nothing came'}")

    def wait_applied(self, after: Point, seconds: float = 10) -> float:
        """When a policy after `after` was acknowledged, by the monotonic clock."""
        with self.moved:
            if not self.moved.wait_for(lambda: self.point > after, seconds):
                raise Mismatch(f"{self.name} has heard of no change")
            return min(at for point, at in self.applied.items() if point > after)

    def close(self) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.close()
        self.http.close()

    def _follow(self, line: ClientConnection) -> None:
        try:
            for frame in line:
                self._heed(line, wire.decode(str(frame)))
        except ConnectionClosed as closed:
            self.fault = closed
        except Exception as error:  # noqa: BLE001 - told by whoever waits for this reader
            self.fault = error
            line.close()

    def _heed(self, line: ClientConnection, message: wire.Message) -> None:
        match message:
            case wire.Challenge(nonce):
                epoch, seq = self.point
                hello = wire.hello_bytes(
                    company=self.company, reader=self.handle, server_nonce=nonce, epoch=epoch, seq=seq
                )
                line.send(wire.encode(wire.Hello(self._keyid, epoch, seq, self.key.sign(hello))))
            case wire.Delta(epoch, seq):
                self._apply(line, (epoch, seq))
            case wire.Ready():
                self.ready.set()
            case wire.CheckpointPush(number, data, sig):
                self._witness(line, number, data, sig)
            case wire.Ping():
                line.send(wire.encode(wire.Pong()))
            case _:
                pass

    def _apply(self, line: ClientConnection, point: Point) -> None:
        epoch, seq = point
        at_ms = time.time_ns() // 1_000_000
        signed = wire.ack_bytes(company=self.company, reader=self.handle, epoch=epoch, seq=seq, at_ms=at_ms)
        line.send(wire.encode(wire.Ack(epoch, seq, at_ms, self.key.sign(signed))))
        with self.moved:
            self.point = point
            self.applied[point] = time.monotonic()
            self.moved.notify_all()

    def _witness(self, line: ClientConnection, number: int, data: bytes, sig: bytes) -> None:
        self.checkpoint_key.verify(data, sig)
        expect(parse_checkpoint(data).number, number, "number of the checkpoint")
        signed = wire.witness_bytes(
            company=self.company, reader=self.handle, number=number, checkpoint_hash=checkpoint_hash(data)
        )
        line.send(wire.encode(wire.Witness(number, self.key.sign(signed))))
        self.witnessed.append(number)

    @property
    def _keyid(self) -> str:
        return f"reader:{self.company_id}:{self.handle}"

    def _sni(self) -> dict[str, str]:
        return {"sni_hostname": self.site.domain}

    def _signed(self, method: str, path: str, told: Any) -> Any:
        body = json.dumps(told).encode()
        headers = sign_request(
            method=method,
            url=f"{self.site.address(self.subdomain)}{path}",
            body=body,
            key=self.key,
            keyid=self._keyid,
            created=int(time.time()),
            nonce=secrets.token_urlsafe(16),
        )
        headers["Content-Type"] = "application/json"
        return self.http.request(method, path, content=body, headers=headers, extensions=self._sni())
