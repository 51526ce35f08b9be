"""Asking the server about one code, and believing nothing but its signature."""

import secrets
import struct
from dataclasses import dataclass
from typing import Any

from edge.caller import Caller, NoAnswer, NotOurs
from edge.encoding import unb64
from edge.journal import Presented
from sallyport import answers
from sallyport.codes import code_hash
from sallyport.keys import BadSignature
from sallyport.reasons import Reason


class AnswerWrong(NoAnswer):
    """An answer that the company has not signed, or not for this event: as good as none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict under the company's signature."""

    granted: bool
    reason: Reason
    pulse_ms: int
    text: str  # for the person at the door; not signed


async def ask(caller: Caller, shown: Presented) -> Answer:
    """The server's verdict. Raises NoAnswer (AnswerWrong for one that is not signed) and Refused
    (a 4xx of the company's server).

    A connection that broke is tried once more under the same number: the server answers with what it has on
    record. Nothing here ends by time: the caller cancels, and a late answer then reaches nobody.
    """
    body: dict[str, Any] = {"counter": shown.counter, "code": shown.code, "at_ms": shown.at_ms}
    if shown.challenges:
        body["challenges"] = list(shown.challenges)
    try:
        found = await caller.call("POST", "/api/v1/scans", body)
    except NoAnswer as error:
        if str(error) not in _STALE:
            raise
        found = await caller.call("POST", "/api/v1/scans", body)
    answer = _verified(caller, shown, found)
    if answer.reason is Reason.SECOND_FACTOR_REQUIRED:
        # Nobody can type a PIN here: with an empty one the event is written, and the count has no gap.
        found = await caller.call("POST", "/api/v1/scans", body | {"pin": ""})
        answer = _verified(caller, shown, found)
    return answer


# How a kept connection looks that the other side has closed meanwhile.
_STALE = frozenset({"RemoteProtocolError", "ReadError", "WriteError"})


async def last_counter(caller: Caller, *, patience: float) -> int:
    """The last event on record: `GET /next`, signed by the company over this very question. Raises NoAnswer,
    Refused.
    """
    nonce = secrets.token_urlsafe(16)
    found = await caller.call("GET", "/api/v1/readers/next", patience=patience, nonce=nonce)
    identity = caller.identity
    try:
        counter, challenge = found["counter"], found["challenge"]
        signed = answers.next_bytes(
            company=identity.company,
            reader=identity.reader,
            counter=counter,
            challenge=challenge,
            nonce=nonce,
        )
        answers.verify(signed, unb64(found["sig"]), identity.answers)
    except (KeyError, TypeError, ValueError, BadSignature, struct.error):
        raise NotOurs(200) from None
    return int(counter)


def _verified(caller: Caller, shown: Presented, found: Any) -> Answer:
    identity = caller.identity
    try:
        if found["counter"] != shown.counter:
            raise AnswerWrong("about something else")
        reason = Reason(found["reason"])
        granted = found["granted"]
        signed = answers.answer_bytes(
            company=identity.company,
            reader=identity.reader,
            counter=found["counter"],
            access_point=found["access_point"],
            code_hash=code_hash(shown.code),
            granted=granted,
            reason=reason,
            pulse_ms=found["pulse_ms"],
        )
        answers.verify(signed, unb64(found["sig"]), identity.answers)
    except (KeyError, TypeError, ValueError, BadSignature, struct.error) as error:
        raise AnswerWrong("not signed by the company") from error
    if granted is not (reason is Reason.GRANTED):
        raise AnswerWrong("contradicts itself")
    return Answer(granted, reason, found["pulse_ms"], str(found.get("text", "")))
