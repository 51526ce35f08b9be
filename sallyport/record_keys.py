"""The list of keys under which an excerpt of the record is verified: signed by the company's anchor."""

import struct
from collections.abc import Sequence
from typing import Final

CONTEXT: Final = b"sallyport/record-keys/1\0"


def record_keys_bytes(
    *, company: bytes, made_ms: int, checkpoint: Sequence[bytes], readers: Sequence[tuple[int, bytes]]
) -> bytes:
    """The bytes that the anchor signs: 32-byte Ed25519 checkpoint keys, (handle, raw key) of readers.

    `made_ms` in unix milliseconds. A reader's raw key has 32 bytes (Ed25519) or 65 (P-256).
    Raises ValueError.
    """
    if len(company) != 16 or any(len(key) != 32 for key in checkpoint):
        raise ValueError("a company has 16 bytes, a checkpoint key 32")
    return b"".join(
        (
            CONTEXT,
            struct.pack(">16sqI", company, made_ms, len(checkpoint)),
            *checkpoint,
            struct.pack(">I", len(readers)),
            *(struct.pack(">IH", reader, len(key)) + key for reader, key in readers),
        )
    )
