"""What a reader sends: the signed request around a code. All of it is a stranger's word until verified."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from readers.keyids import parse_keyid
from sallyport.http_signatures import SignatureRefused, SignedRequest, parse_asgi

MOST_BODY: Final = 8 * 1024
MOST_CODE: Final = 4 * 1024
MOST_COUNTER: Final = 2**53 - 1  # what a browser counts exactly
PIN_DIGITS: Final = 6
UUID_SIGNS: Final = 36
MOST_CHALLENGES: Final = 2  # what the door shows, and what it showed before
MOST_CHALLENGE: Final = 9_999
MOST_MS: Final = 253_402_300_799_999  # the last millisecond of the year 9999: what a date can hold

Headers = Iterable[tuple[bytes, bytes]]


class Refused(Exception):  # noqa: N818 - named for what happened
    """The request is answered without an event."""

    def __init__(self, status: int, code: str, *, retry: bool = False) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry = retry


@dataclass(frozen=True, slots=True)
class Head:
    """The fields of the request's head that matter."""

    host: str
    company: int
    reader: int
    key: str  # the print of the key it names; empty for the one in force
    signed: SignedRequest
    language: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """The body of a scan."""

    counter: int
    code: str
    at_ms: int
    challenges: tuple[int, ...] = ()
    pin: str | None = field(default=None, repr=False)  # empty: nobody typed one
    face: UUID | bool = False  # whether the reader takes faces, or the capture that it took


def read_head(headers: Headers) -> Head:
    """Host, reader and signature fields. Raises Refused 401 for what no reader would send."""
    host = language = ""
    hosts = 0
    for name, value in headers:
        if name == b"host":
            host, hosts = value.decode("latin-1"), hosts + 1
        elif name == b"accept-language":
            language = value[:2].decode("latin-1").lower()
    if hosts != 1:
        raise Refused(401, "host_unknown")
    try:
        signed = parse_asgi(headers)
    except SignatureRefused as refused:
        raise Refused(401, refused.code.value) from None
    named = parse_keyid(signed.keyid)
    if named is None:
        raise Refused(401, "reader_unknown")
    return Head(host, *named, signed, language)


def read_body(body: bytes) -> Envelope:
    """Counter, code, the reader's clock, its door's numbers, a PIN, a face. Raises Refused 400."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError; 8 kB of brackets recurse
        raise Refused(400, "not_json") from None
    if not isinstance(data, dict):
        raise Refused(400, "not_an_object")
    counter, code, at_ms = data.get("counter"), data.get("code"), data.get("at_ms")
    # `type is`, since a bool is an int to isinstance.
    if type(counter) is not int or not 1 <= counter <= MOST_COUNTER:
        raise Refused(400, "bad_counter")
    if type(at_ms) is not int or not 0 <= at_ms <= MOST_MS:
        raise Refused(400, "bad_time")
    if not isinstance(code, str) or len(code) > MOST_CODE:
        raise Refused(400, "bad_code")
    challenges, pin = _challenges(data.get("challenges", [])), _pin(data.get("pin"))
    return Envelope(counter, code, at_ms, challenges, pin, _face(data.get("face", False)))


def _face(told: object) -> UUID | bool:
    if isinstance(told, bool):
        return told
    if not isinstance(told, str) or len(told) != UUID_SIGNS:
        raise Refused(400, "bad_face")
    try:
        return UUID(told)
    except ValueError:
        raise Refused(400, "bad_face") from None


def _pin(told: object) -> str | None:
    if told is None or told == "":
        return told
    if not isinstance(told, str) or len(told) != PIN_DIGITS or not (told.isascii() and told.isdigit()):
        raise Refused(400, "bad_pin")
    return told


def _challenges(told: object) -> tuple[int, ...]:
    if not isinstance(told, list) or len(told) > MOST_CHALLENGES:
        raise Refused(400, "bad_challenges")
    if any(type(number) is not int or not 1 <= number <= MOST_CHALLENGE for number in told):
        raise Refused(400, "bad_challenges")
    return tuple(told)
