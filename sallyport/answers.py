"""The signed answer to a scan: what a reader must hold in its hand before it drives a door."""

import struct

from sallyport.keys import SigningKeyLike, VerifyKeyLike
from sallyport.reasons import Reason, number

_CONTEXT = b"sallyport/answer/1\0"
# company, reader, counter, access point, SHA-256 of the code, granted, reason, pulse in ms
_ANSWER = struct.Struct(">16sIQI32sBBI")


def answer_bytes(  # noqa: PLR0913 - one record, field by field
    *,
    company: bytes,
    reader: int,
    counter: int,
    access_point: int,
    code_hash: bytes,
    granted: bool,
    reason: Reason,
    pulse_ms: int,
) -> bytes:
    """The bytes that an answer's signature covers; (reader, counter) is the event id."""
    if len(company) != 16 or len(code_hash) != 32:  # struct would pad a short value without a word
        raise ValueError("company 16 bytes, code hash 32")
    return _CONTEXT + _ANSWER.pack(
        company, reader, counter, access_point, code_hash, granted, number(reason), pulse_ms
    )


def sign(answer: bytes, key: SigningKeyLike) -> bytes:
    """The 64-byte signature over `answer_bytes`."""
    return key.sign(answer)


def verify(answer: bytes, signature: bytes, public: VerifyKeyLike) -> None:
    """Return when the answer is the server's; raise `sallyport.keys.BadSignature` when not."""
    public.verify(answer, signature)
