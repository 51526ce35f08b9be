"""A reader as a client: its own key, its own signatures."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from readers.drawn_codes import code_digest
from readers.keyids import keyid
from readers.models import Reader
from readers.services import Proof
from sallyport import reader_protocol as wire
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer, P256Signer
from tenants.refs import CompanyRef

ORIGIN = "http://{host}:{port}"


@dataclass
class Pretend:
    """One reader with a key; `handle` is known after pairing."""

    company: CompanyRef
    key: Ed25519Signer | P256Signer = field(default_factory=Ed25519Signer.generate)
    handle: int = 0
    tells_key: bool = False  # in its key id: which of its keys it means

    @property
    def keyid(self) -> str:
        return keyid(
            self.company.id, self.handle, wire.key_print(self.key.public.raw) if self.tells_key else ""
        )

    def with_key(self, key: Ed25519Signer | P256Signer) -> "Pretend":
        """The same reader under another key, which it names."""
        return Pretend(self.company, key, self.handle, tells_key=True)

    def renewal(self, new: Ed25519Signer | P256Signer, **other: Any) -> dict[str, str]:
        """The JSON of POST /api/v1/readers/key; `other` replaces parts of what is proved."""
        parts: dict[str, Any] = {
            "company": self.company.uid,
            "reader": self.handle,
            "new_key": new.public.raw,
            "old_key": self.key.public.raw,
        }
        signed = wire.renew_bytes(**(parts | other))
        return {"public_key": b64(new.public.raw), "proof": b64(new.sign(signed))}

    def proof(self, code: str, **other: Any) -> Proof:
        """The proof that goes with a typed code; `other` replaces parts of it, unsigned."""
        nonce = other.pop("nonce", secrets.token_bytes(16))
        typed = code.replace("-", "").upper()
        signed = wire.pair_bytes(
            company=self.company.uid,
            code_hash=code_digest(typed),
            public_key=self.key.public.raw,
            nonce=nonce,
        )
        parts = {
            "code": code,
            "public_key": self.key.public.raw,
            "algorithm": self.key.algorithm,
            "nonce": nonce,
            "signature": self.key.sign(signed),
        }
        return Proof(**(parts | other))

    def pair_body(self, code: str) -> dict[str, str]:
        """The JSON of POST /api/v1/readers/pair."""
        proof = self.proof(code)
        return {
            "code": proof.code,
            "public_key": b64(proof.public_key),
            "algorithm": proof.algorithm,
            "nonce": b64(proof.nonce),
            "proof": b64(proof.signature),
        }

    def hello(self, nonce: bytes, *, epoch: int, seq: int) -> wire.Hello:
        signed = wire.hello_bytes(
            company=self.company.uid, reader=self.handle, server_nonce=nonce, epoch=epoch, seq=seq
        )
        return wire.Hello(self.keyid, epoch, seq, self.key.sign(signed))

    def ack(self, *, epoch: int, seq: int, at_ms: int = 1) -> wire.Ack:
        signed = wire.ack_bytes(
            company=self.company.uid, reader=self.handle, epoch=epoch, seq=seq, at_ms=at_ms
        )
        return wire.Ack(epoch, seq, at_ms, self.key.sign(signed))

    def witness(self, number: int, checkpoint_hash: bytes) -> wire.Witness:
        signed = wire.witness_bytes(
            company=self.company.uid, reader=self.handle, number=number, checkpoint_hash=checkpoint_hash
        )
        return wire.Witness(number, self.key.sign(signed))

    def headers(
        self, method: str, url: str, body: bytes = b"", *, created: int | None = None
    ) -> dict[str, str]:
        """Signature headers for the test client's `headers=`."""
        return sign_request(
            method=method,
            url=url,
            body=body,
            key=self.key,
            keyid=self.keyid,
            created=int(time.time()) if created is None else created,
            nonce=secrets.token_urlsafe(16),
        )

    def call(self, client: Any, method: str, path: str, data: Any = None, **more: Any) -> Any:
        """One signed request through Django's test client."""
        host = more.pop("host", self.company.host)
        body = b"" if data is None else json.dumps(data).encode()
        headers = self.headers(method, f"http://{host}{path}", body, created=more.pop("created", None))
        send = more.pop("send_body", body)
        return client.generic(
            method, path, send, content_type="application/json", headers={"host": host, **headers}, **more
        )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def of(company: CompanyRef, reader: Reader, key: Ed25519Signer | P256Signer) -> Pretend:
    """The client side of a reader that is on record."""
    return Pretend(company, key, reader.handle)
