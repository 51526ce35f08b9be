"""The doctor and the server: one signed question that changes nothing there, by the machine's own clock."""

import email.utils
import secrets
import time
from dataclasses import dataclass
from typing import Final

import httpx

from edge.identity import Identity
from edge.line import AsyncTransport
from edge.trust import context
from edge.verdict import Level, Verdict, bad, doubt, good
from sallyport.http_signatures import sign_request
from sallyport.keys import Ed25519Signer

PATIENCE: Final = 5.0  # seconds
SLOW: Final = 0.3  # seconds: what a scan waits before the reader decides alone
MOST_DRIFT: Final = 120.0  # seconds: more, and the server believes no signature
DRIFT: Final = 5.0  # seconds worth a word
_NEXT: Final = "/api/v1/readers/next"
_TRUSTED_HINT: Final = "set up network time (timedatectl set-ntp true) and look at the clock's battery"
_REFUSED: Final = {
    "reader_unknown": "pair it again: the server does not know this reader",
    "reader_suspended": "an operator has suspended this reader: ask in the console",
    "reader_retired": "an operator has retired this reader for good: pair it as a new one",
    "clock_skew": _TRUSTED_HINT,
    "host_unknown": "the company's address has changed: pair it again",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What came of the question. `server_s` is the server's unix time, None where it did not say."""

    network: Verdict
    server_s: float | None = None
    asks_for_number: bool = False  # the door is to show a number, which phones sign


async def asked(
    identity: Identity, key: Ed25519Signer, *, transport: httpx.AsyncBaseTransport | None = None
) -> Line:
    """Ask where the count stands."""
    url = f"{identity.origin}{_NEXT}"
    try:
        async with httpx.AsyncClient(
            timeout=PATIENCE, trust_env=False, transport=transport or AsyncTransport(context(identity.ca))
        ) as client:
            # The first one has the handshake, for which no scan waits: connections stay open.
            await client.get(url, headers=_signed(identity, key, url))
            began = time.monotonic()
            answer = await client.get(url, headers=_signed(identity, key, url))
    except httpx.HTTPError as error:
        hint = "look at cable, address and certificate; the reader decides alone meanwhile"
        return Line(bad("network", f"{identity.origin} does not answer ({type(error).__name__})", hint))
    number = _said(answer).get("challenge") is True
    return Line(_network(answer, time.monotonic() - began), _server_time(answer), number)


def _signed(identity: Identity, key: Ed25519Signer, url: str) -> dict[str, str]:
    """Headers of one request, by the machine's clock: the reader's own would hide what is wrong with it."""
    signed = sign_request(
        method="GET",
        url=url,
        body=b"",
        key=key,
        keyid=identity.keyid(key.public),
        created=int(time.time()),
        nonce=secrets.token_urlsafe(16),
    )
    return {"Content-Type": "application/json", **signed}


def clock(wall_s: float, line: Line | None, behind_ms: int) -> Verdict:
    """The machine's clock against the server's and against the floor that the reader keeps."""
    if behind_ms > DRIFT * 1000:
        return bad("clock", f"{behind_ms / 1000:.0f} s behind what this reader has seen", _TRUSTED_HINT)
    if line is not None and line.server_s is None and line.network.level is not Level.BAD:
        return good("clock", "the server believes what is signed by it")
    if line is None or line.server_s is None:
        return doubt("clock", "not behind what this reader has seen", "no server to compare it with")
    drift = wall_s - line.server_s
    if abs(drift) > MOST_DRIFT:
        return bad("clock", f"{drift:+.0f} s against the server: it refuses what is signed so", _TRUSTED_HINT)
    if abs(drift) > DRIFT:
        return doubt("clock", f"{drift:+.0f} s against the server", _TRUSTED_HINT)
    return good("clock", f"within {max(1, abs(round(drift)))} s of the server's")


def _network(answer: httpx.Response, seconds: float) -> Verdict:
    code = _said(answer).get("code")
    if answer.status_code == httpx.codes.OK:
        if seconds > SLOW:
            return doubt(
                "network",
                f"answers in {seconds * 1000:.0f} ms",
                "slower than a scan waits: the reader decides alone more often than it must",
            )
        return good("network", f"answers in {seconds * 1000:.0f} ms")
    hint = _REFUSED.get(str(code), "see docs/reader-protocol.md for this code")
    return bad("network", f"answers {answer.status_code} {code or ''}".rstrip(), hint)


def _server_time(answer: httpx.Response) -> float | None:
    now = _said(answer).get("server_now")
    if isinstance(now, int | float) and not isinstance(now, bool):
        return float(now)
    try:
        return email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None


def _said(answer: httpx.Response) -> dict[str, object]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
