"""A signed POST. Nothing else: no redirect, no proxy, no cookie."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import SplitResult

from ledger.streams.failure import StreamFailed
from ledger.streams.line import DEADLINE_SECONDS, PATIENCE_SECONDS, Line, context

CONFLICT: Final = 409
MOST_ANSWER: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Manner:
    """Whose certificates to trust (PEM; the machine's where empty), and for how many seconds to wait."""

    authority: str = ""
    patience: float = PATIENCE_SECONDS
    deadline: float = DEADLINE_SECONDS


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
    check(exchange(url, body, signed_headers(secret, body, delivery), Manner(authority)))


def signed_headers(secret: bytes, body: bytes, delivery: str) -> dict[str, str]:
    """What goes with JSON that is signed."""
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": delivery,
        "Sallyport-Signature": signature(secret, int(time.time()), body),
    }


def exchange(url: SplitResult, body: bytes, headers: Mapping[str, str], manner: Manner) -> int:
    """POST the body; the status of the answer. Raises StreamFailed where there is none."""
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    said = {"User-Agent": "Sallyport", **headers, "Connection": "close"}
    with Line(
        url.hostname or "",
        url.port or 443,
        context(manner.authority),
        patience=manner.patience,
        deadline=manner.deadline,
    ) as line:
        talk = _Talk(line)
        try:
            talk.request("POST", path, body, said)
            answer = talk.getresponse()
            answer.read(MOST_ANSWER)
        except HTTPException:
            raise StreamFailed("broken_off") from None
    return answer.status


def check(status: int) -> None:
    """Raises StreamFailed for an answer that is not 2xx."""
    if status == CONFLICT:
        raise StreamFailed("conflict")
    if not 200 <= status < 300:
        raise StreamFailed(f"answered_{status}")
