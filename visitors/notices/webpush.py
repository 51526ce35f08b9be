"""Web push on primitives: content encryption (RFC 8291 over RFC 8188 aes128gcm) and VAPID (RFC 8292). Pure.

The record is one: RFC 8291 section 4 allows no more. Nothing here does input or output.
"""

import json
import struct
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sallyport.keys import b64url

RECORD_SIZE: Final = 4096
# Of the record: salt 16, size 4, length of the key 1, key 65; then the delimiter and the tag (RFC 8188).
MOST_PLAIN: Final = RECORD_SIZE - 86 - 17
AUTH_BYTES: Final = 16
POINT_BYTES: Final = 65
# The order of P-256 (SP 800-186, 3.2.1.3).
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NotASubscriptionError(ValueError):
    """The browser's key is no point of P-256, or its secret is not of 16 bytes."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What a browser gave with its subscription: a point of P-256, uncompressed, and 16 secret bytes."""

    p256dh: bytes
    auth: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.auth) != AUTH_BYTES or len(self.p256dh) != POINT_BYTES:
            raise NotASubscriptionError
        try:
            point(self.p256dh)
        except ValueError:
            raise NotASubscriptionError from None


def point(raw: bytes) -> ec.EllipticCurvePublicKey:
    """The key of an uncompressed point. Raises ValueError for one that is not on the curve."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def raw(key: ec.EllipticCurvePublicKey) -> bytes:
    """The point, uncompressed: 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key that 32 secret bytes stand for: 48 bytes of HKDF modulo n - 1, plus 1.

    So many more bits than n has that no value is likelier than another (FIPS 186-5, A.2.1).
    """
    wide = _hkdf(secret, salt=b"", info=b"sallyport/vapid/p256", length=48)
    return ec.derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, ec.SECP256R1())


def encrypt(plain: bytes, keys: Keys, *, salt: bytes, once: ec.EllipticCurvePrivateKey) -> bytes:
    """The body of a push: `salt` (16 bytes) and the key `once` are new for each. Raises ValueError."""
    if len(plain) > MOST_PLAIN:
        raise ValueError("a push holds one record")
    own = raw(once.public_key())
    shared = once.exchange(ec.ECDH(), point(keys.p256dh))
    info = b"WebPush: info\0" + keys.p256dh + own
    secret = _hkdf(shared, salt=keys.auth, info=info, length=32)
    key = _hkdf(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _hkdf(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    header = salt + struct.pack(">IB", RECORD_SIZE, len(own)) + own
    return header + AESGCM(key).encrypt(nonce, plain + b"\x02", None)


def authorization(key: ec.EllipticCurvePrivateKey, *, audience: str, contact: str, expires: int) -> str:
    """The value of the header Authorization (RFC 8292, section 3).

    `audience` is the push service's origin, `contact` a mailto: or https: address, `expires` in unix seconds,
    a day ahead at most.
    """
    claims = {"aud": audience, "exp": expires, "sub": contact}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{b64url(r.to_bytes(32) + s.to_bytes(32))}"
    return f"vapid t={token}, k={b64url(raw(key.public_key()))}"


def audience_of(url: SplitResult) -> str:
    """The origin of a push service (RFC 6454): scheme, host, and the port where it is not the usual one."""
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port not in (None, 443) else "")


def _json(value: object) -> str:
    return b64url(json.dumps(value, separators=(",", ":")).encode())


def _hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
