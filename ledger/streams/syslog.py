"""Syslog messages (RFC 5424) over TLS (RFC 5425) or TCP, counted in octets (RFC 6587 section 3.4.1)."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from ledger.streams.entries import Entry, moment
from ledger.streams.line import Line, context
from tenants import context as tenants_context

AUDIT: Final = 13  # facility "log audit"
NOTICE, WARNING, INFO = 5, 4, 6
MOST_BYTES: Final = 8192  # what a receiver should take: RFC 5425 section 4.3.1
# The number that IANA keeps for documentation (RFC 5612), until the house has one of its own.
STRUCTURED: Final = "sallyport@32473"
SPELL = json.JSONEncoder(separators=(",", ":")).encode  # ASCII alone: no receiver guesses at an encoding
SCHEMES: Final = {"tls": 6514, "tcp": 601}


def message(entry: Entry) -> bytes:
    """One entry as a message: the JSON of a webhook after a head that says where in the record it stands."""
    company = tenants_context.current()
    severity = NOTICE if entry["kind"] == "deed" else INFO if entry["granted"] else WARNING
    place = f'[{STRUCTURED} position="{entry["position"]}" index="{entry["index"]}"]'
    head = (
        f"<{AUDIT * 8 + severity}>1 {entry['at']} {company.host or '-'} sallyport - {entry['kind']} {place} "
    )
    text = head + SPELL(entry)
    if len(text) > MOST_BYTES:
        text = head + SPELL({**entry, "data": {"cut": True}})
    return text.encode("ascii")


def test_message() -> bytes:
    """A message that says nothing but that it arrived."""
    host = tenants_context.current().host or "-"
    return f"<{AUDIT * 8 + INFO}>1 {moment(datetime.now(UTC))} {host} sallyport - test - {{}}".encode("ascii")


def send(scheme: str, host: str, port: int, *, authority: str, messages: Iterable[bytes]) -> None:
    """Send the messages over a connection of their own; it returns when the other side has read them all.

    Syslog knows no answer. A receiver that closes in order after we have closed has read what came before:
    that is the only word there is. Raises StreamFailed.
    """
    tls = context(authority) if scheme == "tls" else None
    with Line(host, port, tls) as line:
        line.sock.sendall(b"".join(b"%d %b" % (len(one), one) for one in messages))
        line.finish()
