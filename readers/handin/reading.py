"""The body of a hand-in, read at once: what the serializers of the API would take, and nothing else. Pure.

Five hundred entries cost the serializers as much as all that is done with them. What is refused here is asked
of them again, so that they alone say what is wrong with it.
"""

import binascii
import json
from typing import Any, Final

from readers.handin.told import LONGEST_FACTS, Piece, Told
from readers.scanning.envelope import MOST_CHALLENGE, MOST_CHALLENGES, MOST_CODE, MOST_MS
from sallyport.offline import MOST_HANDED_IN
from sallyport.reader_protocol import LARGEST_EPOCH

MOST_NUMBER: Final = 2**53 - 1
MOST_REASON: Final = 40


def read_body(body: bytes) -> Piece | None:
    """The entries; None for what is not in the form."""
    try:
        found = json.loads(body.decode(), parse_constant=_no_number)
        entries = found["entries"]
        if type(entries) is not list or not 1 <= len(entries) <= MOST_HANDED_IN:
            return None
        after = _whole(found["after"]) if "after" in found else None
        return Piece(tuple([_told(one) for one in entries]), after)
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _told(one: dict[str, Any]) -> Told:
    shown = one["challenges"]
    if type(shown) is not list or len(shown) > MOST_CHALLENGES or type(one["granted"]) is not bool:
        raise ValueError("not a list of what the door showed, or not a verdict")
    return Told(
        position=_whole(one["position"], least=1),
        counter=_whole(one["counter"], least=1),
        at_ms=_whole(one["at_ms"], most=MOST_MS),
        code=_text(one["code"], MOST_CODE),
        challenges=tuple([_whole(number, least=1, most=MOST_CHALLENGE) for number in shown]),
        granted=one["granted"],
        reason=_text(one["reason"], MOST_REASON),
        facts=_text(one["facts"], LONGEST_FACTS),
        epoch=_whole(one["epoch"], most=LARGEST_EPOCH),
        seq=_whole(one["seq"]),
        previous=_bytes(one["previous"], 32),
        sig=_bytes(one["sig"], 64),
    )


def _whole(value: object, *, least: int = 0, most: int = MOST_NUMBER) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a whole number within its bounds")
    return value


def _text(value: object, most: int) -> str:
    if type(value) is not str or len(value) > most:
        raise ValueError("not a text, or too long")
    return value


def _bytes(value: object, size: int) -> bytes:
    if type(value) is not str:
        raise ValueError("not a text")
    data = binascii.a2b_base64(value, strict_mode=True)
    if len(data) != size:
        raise ValueError("not so many bytes")
    return data


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")
