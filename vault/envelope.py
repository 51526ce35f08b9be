"""Wrapping and deriving: AES-256-GCM (NIST SP 800-38D) and HKDF-SHA-256 (RFC 5869)."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
FORMAT: Final = b"\x01"


class CannotOpen(ValueError):  # noqa: N818
    """The bytes were not sealed under this key for this place, or were altered."""


def derive(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key of its own for one purpose."""
    return HKDF(SHA256(), length, salt=None, info=b"sallyport/vault/1\0" + purpose.encode()).derive(key)


def seal(box: AESGCM, plain: bytes, place: bytes) -> bytes:
    """format 1 || nonce 12 || ciphertext and tag. `place` is the associated data: where these bytes belong.

    Nonces are random; one key seals far fewer than the 2^32 messages SP 800-38D allows for that.
    """
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + box.encrypt(nonce, plain, place)


def open_sealed(box: AESGCM, sealed: bytes, place: bytes) -> bytes:
    """What `seal` sealed for this place. Raises CannotOpen."""
    if len(sealed) < 1 + NONCE_BYTES + TAG_BYTES or sealed[:1] != FORMAT:
        raise CannotOpen("not a sealed value")
    try:
        return box.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], place)
    except InvalidTag:
        raise CannotOpen("sealed elsewhere, or altered") from None


def place(*parts: str | bytes) -> bytes:
    """Associated data from parts, each with its length, so that no two lists spell the same bytes."""
    out = bytearray()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        out += len(raw).to_bytes(4, "big") + raw
    return bytes(out)
