"""Ready-made keys for signing and verifying: Ed25519 (PyNaCl) and ECDSA P-256 (cryptography).

A key object is built once and kept: parsing a P-256 point costs as much as verifying with it.
Signatures are raw: 64 bytes for Ed25519 (RFC 8032), r||s of 32 bytes each for P-256 (RFC 9421 section 3.3.4,
the form WebCrypto makes).
"""

import base64
import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

ED25519 = "ed25519"
P256 = "ecdsa-p256-sha256"
SIGNATURE_BYTES = 64
_ECDSA_SHA256 = ec.ECDSA(hashes.SHA256())


class BadSignature(Exception):  # noqa: N818 - named for what happened
    """The signature is not this key's over these bytes."""


class BadKey(ValueError):  # noqa: N818 - named for what happened
    """The bytes are not a usable public or private key."""


class VerifyKeyLike(Protocol):
    """What verifies."""

    @property
    def algorithm(self) -> str:
        """Name of the algorithm in the registry of RFC 9421."""

    @property
    def raw(self) -> bytes:
        """The public key: 32 bytes (Ed25519) or 65 bytes uncompressed (P-256)."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when `signature` (64 bytes) is good over `message`; raise BadSignature when not."""


class SigningKeyLike(Protocol):
    """What signs."""

    @property
    def algorithm(self) -> str:
        """Name of the algorithm in the registry of RFC 9421."""

    @property
    def public(self) -> VerifyKeyLike:
        """The key that verifies what this one signs."""

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature over `message`."""


class Ed25519Public:
    """An Ed25519 public key of 32 bytes. Raises BadKey for another length."""

    __slots__ = ("raw",)
    algorithm = ED25519

    def __init__(self, raw: bytes) -> None:
        if len(raw) != 32:
            raise BadKey("an Ed25519 public key has 32 bytes")
        self.raw = bytes(VerifyKey(raw))

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when good, raise BadSignature when not."""
        if len(signature) != SIGNATURE_BYTES:
            raise BadSignature
        try:
            crypto_sign_open(signature + message, self.raw)
        except BadSignatureError:
            raise BadSignature from None


class Ed25519Signer:
    """An Ed25519 key that signs, from its 32-byte seed."""

    __slots__ = ("_key", "public")
    algorithm = ED25519

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise BadKey("an Ed25519 seed has 32 bytes")
        self._key = SigningKey(seed)
        self.public = Ed25519Public(bytes(self._key.verify_key))

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        """A fresh random key."""
        return cls(bytes(SigningKey.generate()))

    @property
    def seed(self) -> bytes:
        """The 32-byte seed: secret."""
        return bytes(self._key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(message).signature


class P256Public:
    """A P-256 public key from its point, 65 bytes uncompressed or 33 compressed. Raises BadKey otherwise."""

    __slots__ = ("_key",)
    algorithm = P256

    def __init__(self, raw: bytes) -> None:
        if (len(raw), raw[:1]) not in {(65, b"\x04"), (33, b"\x02"), (33, b"\x03")}:
            raise BadKey("a P-256 public key has 65 or 33 bytes")
        try:
            self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(raw))
        except ValueError:
            raise BadKey("not a point of P-256") from None

    @property
    def raw(self) -> bytes:
        """The 65 bytes uncompressed. Written when asked for: who only verifies need not wait for it."""
        return self._key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def compressed(self) -> bytes:
        """The point in 33 bytes, as passes carry it."""
        return self._key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return when good (r||s, 32 bytes each), raise BadSignature when not."""
        if len(signature) != SIGNATURE_BYTES:
            raise BadSignature
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), message, _ECDSA_SHA256)
        except InvalidSignature:
            raise BadSignature from None


class P256Signer:
    """A P-256 key that signs; what a browser does with a non-extractable key."""

    __slots__ = ("_key", "public")
    algorithm = P256

    def __init__(self, scalar: bytes) -> None:
        if len(scalar) != 32:
            raise BadKey("a P-256 private key has 32 bytes")
        try:
            self._key = ec.derive_private_key(int.from_bytes(scalar, "big"), ec.SECP256R1())
        except ValueError:
            raise BadKey("not a private key of P-256") from None
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = P256Public(point)

    @classmethod
    def generate(cls) -> "P256Signer":
        """A fresh random key."""
        value = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
        return cls(value.to_bytes(32, "big"))

    @property
    def scalar(self) -> bytes:
        """The 32-byte private value: secret."""
        return self._key.private_numbers().private_value.to_bytes(32, "big")

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature r||s."""
        r, s = decode_dss_signature(self._key.sign(message, _ECDSA_SHA256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def public_key(algorithm: str, raw: bytes) -> Ed25519Public | P256Public:
    """The verifying key of `algorithm` ("ed25519" or "ecdsa-p256-sha256"). Raises BadKey."""
    if algorithm == ED25519:
        return Ed25519Public(raw)
    if algorithm == P256:
        return P256Public(raw)
    raise BadKey("unknown algorithm")


def thumbprint(public: VerifyKeyLike) -> str:
    """RFC 7638 thumbprint, SHA-256 of the required JWK members, in base64url: 43 characters."""
    if public.algorithm == ED25519:
        jwk = f'{{"crv":"Ed25519","kty":"OKP","x":"{b64url(public.raw)}"}}'
    else:
        x, y = b64url(public.raw[1:33]), b64url(public.raw[33:])
        jwk = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return b64url(hashlib.sha256(jwk.encode("ascii")).digest())


def b64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """The bytes of base64url without padding; one spelling per value. Raises ValueError."""
    if not text.isascii():
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The decoder skips foreign characters and spare bits; only the one canonical spelling goes round.
    if b64url(data) != text:
        raise ValueError("not base64url")
    return data
