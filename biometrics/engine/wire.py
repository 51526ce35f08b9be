"""Between the web process and an engine process: a socket of their own, lengths before bodies, no pickles.

Whoever takes over an engine process by a crafted picture can answer wrongly, but makes nothing run here: what
comes back is JSON, and each field is looked at.
"""

import json
import socket
import struct
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from biometrics.engine.codes import FaceCode
from biometrics.engine.interface import POINTS, Box, Face, Model, Order, unit
from biometrics.engine.looking import Look, Want
from biometrics.engine.pictures import MOST_BYTES
from biometrics.engine.quality import Quality

LONGEST: Final = MOST_BYTES + 64
LONGEST_ANSWER: Final = 64 * 1024
MOST_DIMENSIONS: Final = 4096
LARGEST: Final = 1e6  # no pixel, score or measure is as large
_LENGTH: Final = struct.Struct(">I")
_WANTS: Final = {Want.FACE: b"f", Want.VECTOR: b"v"}
_ASKED: Final = {sign: want for want, sign in _WANTS.items()}


class Malformed(ValueError):  # noqa: N818 - named for what it is
    """Not what the other side may say."""


class Gone(OSError):  # noqa: N818 - named for what happened
    """The other side has ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The first word of an engine process that has loaded its models."""

    model: Model


@dataclass(frozen=True, slots=True)
class Unable:
    """The only word of one that could not."""

    text: str


Answer = Look | FaceCode


def send(end: socket.socket, data: bytes, until: float | None = None) -> None:
    """Send one message before `until` (monotonic seconds). Raises Gone."""
    try:
        end.settimeout(_left(until))
        end.sendall(_LENGTH.pack(len(data)) + data)
    except OSError as error:
        raise Gone(str(error)) from None


def receive(end: socket.socket, most: int, until: float | None = None) -> bytes:
    """One message. Raises Gone, Malformed for one that is longer than `most`."""
    (length,) = _LENGTH.unpack(_exactly(end, _LENGTH.size, until))
    if length > most:
        raise Malformed("too long")
    return _exactly(end, length, until)


def _exactly(end: socket.socket, length: int, until: float | None) -> bytes:
    data = bytearray(length)
    view, had = memoryview(data), 0
    try:
        while had < length:
            end.settimeout(_left(until))
            got = end.recv_into(view[had:])
            if not got:
                raise Gone("ended")
            had += got
    except OSError as error:
        raise Gone(str(error)) from None
    return bytes(data)


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise Gone("too late")
    return left


def pack_asked(data: bytes, want: Want) -> bytes:
    """A frame and what is asked of it."""
    return _WANTS[want] + data


def asked(message: bytes) -> tuple[bytes, Want]:
    """The reverse. Raises Malformed."""
    want = _ASKED.get(message[:1])
    if want is None:
        raise Malformed("nothing that can be asked")
    return message[1:], want


def pack_greeting(greeting: Ready | Unable) -> bytes:
    """What an engine process says first."""
    told = {"model": asdict(greeting.model)} if isinstance(greeting, Ready) else {"unable": greeting.text}
    return json.dumps(told).encode()


def greeting(message: bytes) -> Ready | Unable:
    """The reverse. Raises Malformed."""
    told = _object(message)
    if "unable" in told:
        return Unable(_text(told["unable"]))
    model = told.get("model")
    if not isinstance(model, dict):
        raise Malformed("no model")
    dimensions = int(_number(model.get("dimensions")))
    if not 0 < dimensions <= MOST_DIMENSIONS:
        raise Malformed("dimensions")
    return Ready(Model(_text(model.get("name")), _text(model.get("version")), dimensions))


def pack_answer(answer: Answer) -> bytes:
    """What an engine process says of a frame."""
    if isinstance(answer, FaceCode):
        return json.dumps({"refused": answer.value}).encode()
    face = answer.face
    told = {
        "size": [answer.width, answer.height],
        "box": [face.box.left, face.box.top, face.box.right, face.box.bottom],
        "landmarks": face.landmarks.reshape(-1).tolist(),
        "score": face.score,
        "sure": face.sure,
        "order": face.order.name,
        "quality": asdict(answer.quality),
        "vector": None if answer.vector is None else answer.vector.tolist(),
    }
    return json.dumps(told).encode()


def answer(message: bytes, model: Model, want: Want) -> Answer:
    """The reverse: a vector is of that model's size and has length 1. Raises Malformed."""
    told = _object(message)
    try:
        if "refused" in told:
            return FaceCode(_text(told["refused"]))
        order, measured = Order[_text(told["order"])], told["quality"]
        quality = Quality(**{name: _number(measured[name]) for name in Quality.__slots__})
        width, height = (int(value) for value in _numbers(told["size"], 2))
        points = np.array(_numbers(told["landmarks"], POINTS * 2), dtype=np.float32).reshape(POINTS, 2)
        face = Face(
            Box(*_numbers(told["box"], 4)), points, _number(told["score"]), told["sure"] is True, order
        )
        vector = None
        if want is Want.VECTOR:
            vector = unit(np.array(_numbers(told["vector"], model.dimensions)))
        return Look(width, height, face, quality, vector)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(type(error).__name__) from None


def _object(message: bytes) -> dict[str, Any]:
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(told, dict):
        raise Malformed("no object")
    return told


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise Malformed("no text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
        raise Malformed("no number")
    return float(value)


def _numbers(values: object, length: int) -> list[float]:
    if not isinstance(values, list) or len(values) != length:
        raise Malformed("not so many numbers")
    return [_number(value) for value in values]
