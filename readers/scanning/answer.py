"""What goes back to the reader: signed verdicts, and refusals that left no event."""

import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from readers.scanning.copy import Copy
from readers.scanning.scan import Scan, Verdict
from sallyport import texts
from sallyport.answers import answer_bytes
from sallyport.reasons import Reason

PULSE_MS: Final = 3_000  # how long the door is driven after a grant
_TEXTS: Final = {
    401: "This reader is not known here.",
    403: "This reader is switched off.",
    405: "Scans are posted.",
    429: "Too many at once.",
    400: "The request is not in the form of a scan.",
    409: "This capture is over. Begin again.",
    413: "The request is too large.",
    422: "This event number cannot be used. Ask where the count stands.",
    503: "No decision could be made. Try again.",
}


@lru_cache(maxsize=512)
def _said(reason: Reason, language: str) -> str:
    """Reason and text as the middle of the JSON answer."""
    known = language if language in texts.LANGUAGES else texts.LANGUAGES[0]
    return f'"reason":"{reason.value}","text":{json.dumps(texts.for_person(reason, known))}'


def verdict_body(
    copy: Copy,
    scan: Scan,
    verdict: Verdict,
    *,
    language: str,
    now_ms: int,
    beside: Mapping[str, object] | None = None,
) -> bytes:
    """The JSON answer, signed with the company's key for answers; `beside` is not, and opens nothing."""
    pulse = PULSE_MS if verdict.granted else 0
    signed = answer_bytes(
        company=copy.company,
        reader=scan.reader,
        counter=scan.counter,
        access_point=verdict.access_point,
        code_hash=scan.code_hash,
        granted=verdict.granted,
        reason=verdict.reason,
        pulse_ms=pulse,
    )
    signature = binascii.b2a_base64(copy.signer.sign(signed), newline=False).decode("ascii")
    granted = "true" if verdict.granted else "false"
    said = _said(verdict.reason, language)
    return (
        f'{{"counter":{scan.counter},"granted":{granted},{said},"pulse_ms":{pulse},'
        f'"access_point":{verdict.access_point},"at_ms":{now_ms},"sig":"{signature}"{_more(beside)}}}'
    ).encode("ascii")


def _more(beside: Mapping[str, object] | None) -> str:
    return "," + json.dumps(beside)[1:-1] if beside else ""


def refusal_body(status: int, code: str, *, retry: bool) -> bytes:
    """The JSON of a refusal: a stable code, a text for people, whether to try again."""
    return json.dumps({"code": code, "text": _TEXTS[status], "retry": retry}).encode("ascii")
