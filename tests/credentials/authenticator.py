"""A phone's authenticator in software: a P-256 passkey that answers as WebAuthn level 2 says."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from sallyport.keys import b64url, b64url_decode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def cbor(value: Any) -> bytes:
    """As much of RFC 8949 as an attestation object needs."""
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value)) + value.encode()
    assert isinstance(value, dict)
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return (
        struct.pack(">BB", major << 5 | 24, number)
        if number < 256
        else struct.pack(">BH", major << 5 | 25, number)
    )


@dataclass
class Authenticator:
    """One passkey. What it says of itself can be bent by the caller, and is signed all the same."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0
    flags: int = PRESENT | VERIFIED
    user: str = ""

    def create(self, options: dict[str, Any], *, origin: str, **bent: Any) -> dict[str, Any]:
        """RegistrationResponseJSON."""
        self.user = options["user"]["id"]
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        inside = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor(cose)
        data = self._data(bent.pop("rp_id", options["rp"]["id"]), self.flags | ATTESTED) + inside
        told = _client("webauthn.create", options["challenge"], origin, bent)
        attested = cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": b64url(told), "attestationObject": b64url(attested)})

    def get(self, options: dict[str, Any], *, origin: str, **bent: Any) -> dict[str, Any]:
        """AuthenticationResponseJSON."""
        self.count += bent.pop("step", 1)
        data = self._data(bent.pop("rp_id", options["rpId"]), self.flags)
        told = _client("webauthn.get", options["challenge"], origin, bent)
        signed = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": b64url(told),
            "authenticatorData": b64url(data),
            "signature": b64url(signed),
        }
        return self._answer(response | {"userHandle": self.user})

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        name = b64url(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


def _client(kind: str, challenge: str, origin: str, bent: dict[str, Any]) -> bytes:
    b64url_decode(challenge)
    told = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps(told | bent).encode()
