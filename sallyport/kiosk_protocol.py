"""What a kiosk signs to be paired, and to what the sign-ins are bound that it seals. Pure."""

import struct
from typing import Final

PAIR: Final = b"sallyport/kiosk-pair/1\0"
SEALED: Final = b"sallyport/kiosk/v1"


def pair_bytes(*, company: bytes, code_hash: bytes, public_key: bytes, nonce: bytes) -> bytes:
    """What a kiosk signs with its new key; `code_hash` is SHA-256 of the typed code's ASCII.

    The label, the company (16), the hash (32), then key and nonce, each behind its length (2, big-endian).
    """
    _check(company, 16)
    _check(code_hash, 32)
    head = PAIR + company + code_hash
    return b"".join([head, *(struct.pack(">H", len(part)) + part for part in (public_key, nonce))])


def seal_info(*, company: bytes, kiosk: int, sign_in: bytes) -> bytes:
    """HPKE's `info` of a sealed sign-in: label, company (16), kiosk's handle (4), sign-in's id (16)."""
    _check(company, 16)
    _check(sign_in, 16)
    return SEALED + company + struct.pack(">I", kiosk) + sign_in


def _check(part: bytes, length: int) -> None:
    if len(part) != length:
        raise ValueError(f"{length} bytes are expected")
