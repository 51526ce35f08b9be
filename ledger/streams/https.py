"""A signed POST. Nothing else: no redirect, no proxy, no cookie."""

import hashlib
import hmac
import time
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import SplitResult

from ledger.streams.failure import StreamFailed
from ledger.streams.line import Line, context

CONFLICT: Final = 409
MOST_ANSWER: Final = 1 << 16


class _Talk(HTTPConnection):
    """HTTP over a line that stands. It opens none of its own: nobody would have looked at its address."""

    default_port = 443
    auto_open = 0

    def __init__(self, line: Line) -> None:
        super().__init__(line.host, line.port)
        self.sock = line.sock


def signature(secret: bytes, moment: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`: HMAC-SHA-256 of the seconds, a full stop and the body."""
    signed = hmac.digest(secret, f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={signed.hex()}"


def post(url: SplitResult, body: bytes, *, secret: bytes, authority: str, delivery: str) -> None:
    """POST the JSON to an https address. It is taken when the answer is 2xx.

    `delivery` names what is in it: the same for a repetition. Raises StreamFailed.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Sallyport",
        "Idempotency-Key": delivery,
        "Sallyport-Signature": signature(secret, int(time.time()), body),
        "Connection": "close",
    }
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    with Line(url.hostname or "", url.port or 443, context(authority)) as line:
        talk = _Talk(line)
        try:
            talk.request("POST", path, body, headers)
            answer = talk.getresponse()
            status = answer.status
            answer.read(MOST_ANSWER)
        except HTTPException:
            raise StreamFailed("broken_off") from None
    if status == CONFLICT:
        raise StreamFailed("conflict")
    if not 200 <= status < 300:
        raise StreamFailed(f"answered_{status}")
