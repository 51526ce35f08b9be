"""A browser's half of web push, written for itself from RFC 8291 and RFC 8188."""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from visitors.notices import webpush


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand for one block (RFC 5869)."""
    return hmac.digest(key, info + b"\x01", hashlib.sha256)[:length]


@dataclass
class Subscriber:
    """Holds the private key that never leaves a browser."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @classmethod
    def drawn(cls) -> "Subscriber":
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    @property
    def keys(self) -> webpush.Keys:
        return webpush.Keys(webpush.raw(self.private.public_key()), self.auth)

    def read(self, body: bytes) -> bytes:
        """What was pushed. Raises InvalidTag."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        assert len(body) <= size
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(ec.ECDH(), webpush.point(sender))
        info = b"WebPush: info\x00" + self.keys.p256dh + sender
        secret = _expand(hmac.digest(self.auth, shared, hashlib.sha256), info, 32)
        pseudo = hmac.digest(salt, secret, hashlib.sha256)
        key = _expand(pseudo, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _expand(pseudo, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        text, mark, rest = plain.rpartition(b"\x02")
        assert (mark, rest.strip(b"\x00")) == (b"\x02", b"")
        return text
