"""What streams are in words: their kinds, and why one fails."""

from typing import Final

from ledger.models import StreamKind

KINDS: Final = {
    StreamKind.WITNESS_HTTPS: "Witness by HTTPS",
    StreamKind.WITNESS_FILE: "Witness in a file share",
    StreamKind.SYSLOG: "Syslog",
    StreamKind.WEBHOOK: "Webhook",
}
ERRORS: Final = {
    "name_unknown": "nobody knows the name of its host",
    "place_forbidden": "its name leads to an address where we do not connect",
    "no_connection": "nobody answers there",
    "certificate_refused": "its certificate is not trusted",
    "timed_out": "it takes too long",
    "broken_off": "the connection broke off",
    "not_closed": "it does not close the connection after we have, so that nobody knows what it has read",
    "conflict": "it holds another checkpoint of this number: the record was forked, or put back to a backup",
    "folder_missing": "the folder is not there: is the share mounted?",
    "not_written": "the file cannot be written",
    "cannot_open": "what we keep of its address cannot be opened: remove it and add it again",
}


def error_text(code: str) -> str:
    """Why it failed."""
    kind, _, status = code.partition("_")
    return f"it answers with {status}" if kind == "answered" else ERRORS.get(code, code.replace("_", " "))
