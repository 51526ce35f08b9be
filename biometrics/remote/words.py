"""What is sealed: the question with the picture, and the answer with the model it was made by.

The same words as between a web process and an engine process of its own, and looked at as closely.
"""

import struct
from typing import Any, Final

from biometrics.engine import wire
from biometrics.engine.codes import FaceCode
from biometrics.engine.interface import Model
from biometrics.engine.looking import Want

_LENGTH: Final = struct.Struct(">I")


def pack_answer(answer: wire.Answer, model: Model | None) -> bytes:
    """An answer, and what the worker's engine is; None where none is warm, and then the answer is a no."""
    greeting = wire.pack_greeting(wire.Unable("not warm") if model is None else wire.Ready(model))
    return _LENGTH.pack(len(greeting)) + greeting + wire.pack_answer(answer)


def answer(message: bytes, want: Want[Any]) -> wire.Answer:
    """The reverse. Raises Malformed."""
    if not _LENGTH.size <= len(message) <= 2 * wire.LONGEST_ANSWER:
        raise wire.Malformed("no answer")
    end = _LENGTH.size + _LENGTH.unpack_from(message)[0]
    greeting = wire.greeting(message[_LENGTH.size : end])
    if isinstance(greeting, wire.Unable):
        return FaceCode.FACE_UNAVAILABLE
    return wire.answer(message[end:], greeting.model, want)
