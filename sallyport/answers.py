"""Signed answers: to a scan, before a reader drives a door; to a probe, before it asks the server again; and
whole answers, as they stand, to what a reader acts on beside.
"""

import struct
from hashlib import sha256
from typing import Final

from sallyport.keys import SigningKeyLike, VerifyKeyLike
from sallyport.reasons import Reason, number

_CONTEXT = b"sallyport/answer/1\0"
# company, reader, counter, access point, SHA-256 of the code, granted, reason, pulse in ms
_ANSWER = struct.Struct(">16sIQI32sBBI")
_NEXT_CONTEXT = b"sallyport/next/1\0"
# company, reader, counter, whether the door shows a number, length of the request's nonce
_NEXT = struct.Struct(">16sIQBH")
_TOLD_CONTEXT = b"sallyport/told/1\0"
# company, reader, status, SHA-256 of the body, length of the request's nonce
_TOLD = struct.Struct(">16sIH32sH")
TOLD_HEADER: Final = "Sallyport-Signature"  # of the response; base64


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


def next_bytes(*, company: bytes, reader: int, counter: int, challenge: bool, nonce: str) -> bytes:
    """What is signed of where a reader's count stands; `nonce` is that of the request, 64 ASCII at most, so
    that no answer can be shown twice.
    """
    if len(company) != 16 or not 1 <= len(nonce) <= 64:
        raise ValueError("company 16 bytes, a nonce of a request")
    return _NEXT_CONTEXT + _NEXT.pack(company, reader, counter, challenge, len(nonce)) + nonce.encode("ascii")


def told_bytes(*, company: bytes, reader: int, status: int, body: bytes, nonce: str) -> bytes:
    """What is signed of a whole answer: HTTP status and body as it stands; `nonce` is that of the request,
    whose own signature covers it with method, address and body.
    """
    if len(company) != 16 or not 1 <= len(nonce) <= 64:
        raise ValueError("company 16 bytes, a nonce of a request")
    digest = sha256(body).digest()
    return _TOLD_CONTEXT + _TOLD.pack(company, reader, status, digest, len(nonce)) + nonce.encode("ascii")


def sign(answer: bytes, key: SigningKeyLike) -> bytes:
    """The 64-byte signature over `answer_bytes`."""
    return key.sign(answer)


def verify(answer: bytes, signature: bytes, public: VerifyKeyLike) -> None:
    """Return when the answer is the server's; raise `sallyport.keys.BadSignature` when not."""
    public.verify(answer, signature)
