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
from biometrics.engine.interface import POINTS, Box, Face, Model, Order, Points, Vector, unit
from biometrics.engine.looking import MOST_FACES, Embedding, Kind, Look, Sight, Want
from biometrics.engine.pictures import LONGER_SIDE, MOST_BYTES
from biometrics.engine.quality import Quality
from biometrics.engine.sight import THUMBNAIL_COLUMNS, THUMBNAIL_ROWS, Colour, Grey

LONGEST_WANT: Final = 4096
LONGEST: Final = MOST_BYTES + LONGEST_WANT + 64
LONGEST_ANSWER: Final = 64 * 1024
MOST_DIMENSIONS: Final = 4096
LARGEST: Final = 1e6  # no pixel, score or measure is as large
_LENGTH: Final = struct.Struct(">I")


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


Answer = Look | Sight | Embedding | FaceCode


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


def pack_asked(data: bytes, want: Want[Any]) -> bytes:
    """What is asked, and the frame of which it is."""
    told = {
        "kind": want.kind.value,
        "face": None if want.face is None else _face_told(want.face),
        "shape": None if want.shape is None else want.shape.reshape(-1).tolist(),
    }
    head = json.dumps(told).encode()
    return _LENGTH.pack(len(head)) + head + data


def asked(message: bytes) -> tuple[bytes, Want[Any]]:
    """The reverse. Raises Malformed."""
    begin = _LENGTH.size
    if len(message) < begin:
        raise Malformed("too short")
    (length,) = _LENGTH.unpack_from(message)
    if length > min(LONGEST_WANT, len(message) - begin):
        raise Malformed("too long")
    told = _object(message[begin : begin + length])
    try:
        face, shape = told.get("face"), told.get("shape")
        want: Want[Any] = Want(
            Kind(_text(told["kind"])),
            None if face is None else _face(face),
            None if shape is None else _points(shape),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(type(error).__name__) from None
    if (want.kind is Kind.EMBED) != (want.face is not None) or (want.shape is not None and face is None):
        raise Malformed("a face belongs to what is to be embedded, and to nothing else")
    return message[begin + length :], want


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
    """What an engine process says of a frame. By which model is not said again: it was in the greeting."""
    if isinstance(answer, FaceCode):
        told: dict[str, object] = {"refused": answer.value}
    elif isinstance(answer, Embedding):
        laid = None if answer.laid is None else answer.laid.tolist()
        told = {"vector": answer.vector.tolist(), "laid": laid}
    elif isinstance(answer, Look):
        told = {
            "size": [answer.width, answer.height],
            "face": _face_told(answer.face),
            "quality": asdict(answer.quality),
            "vector": answer.vector.tolist(),
        }
    else:
        told = {
            "size": [answer.width, answer.height],
            "faces": [_face_told(face) for face in answer.faces],
            "quality": None if answer.quality is None else asdict(answer.quality),
            "thumbnail": answer.thumbnail.reshape(-1).tolist(),
            "face_colour": answer.face_colour,
            "ground_colour": answer.ground_colour,
        }
    return json.dumps(told).encode()


def answer(message: bytes, model: Model, want: Want[Any]) -> Answer:
    """The reverse: a vector is of that model's size and has length 1. Raises Malformed."""
    told = _object(message)
    try:
        if "refused" in told:
            return FaceCode(_text(told["refused"]))
        return _found(told, model, want.kind)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(type(error).__name__) from None


def _found(told: dict[str, Any], model: Model, kind: Kind) -> Look | Sight | Embedding:
    if kind is Kind.EMBED:
        laid = told.get("laid")
        laid = None if laid is None else _vector(laid, model)
        return Embedding(_vector(told["vector"], model), model, laid)
    width, height = (_whole(value, 1, LONGER_SIDE) for value in _list(told["size"], 2))
    if kind is Kind.VECTOR:
        face, quality = _face(told["face"]), _quality(told["quality"])
        return Look(width, height, face, quality, _vector(told["vector"], model), model)
    faces = tuple(_face(one) for one in _list(told["faces"], 0, MOST_FACES))
    return Sight(
        width,
        height,
        faces,
        # What is told of no face, or of several, is nothing.
        None if told["quality"] is None or len(faces) != 1 else _quality(told["quality"]),
        _thumbnail(told["thumbnail"]),
        _colour(told["face_colour"]),
        _colour(told["ground_colour"]),
    )


def _face_told(face: Face) -> dict[str, object]:
    return {
        "box": [face.box.left, face.box.top, face.box.right, face.box.bottom],
        "landmarks": face.landmarks.reshape(-1).tolist(),
        "score": face.score,
        "sure": face.sure,
        "order": face.order.name,
    }


def _face(told: Any) -> Face:
    points = _points(told["landmarks"])
    order = Order[_text(told["order"])]
    return Face(Box(*_numbers(told["box"], 4)), points, _number(told["score"]), told["sure"] is True, order)


def _points(values: object) -> Points:
    return np.array(_numbers(values, POINTS * 2), dtype=np.float32).reshape(POINTS, 2)


def _quality(told: Any) -> Quality:
    return Quality(**{name: _number(told[name]) for name in Quality.__slots__})


def _vector(values: object, model: Model) -> Vector:
    return unit(np.array(_numbers(values, model.dimensions)))


def _thumbnail(values: object) -> Grey:
    cells = [_whole(value, 0, 255) for value in _list(values, THUMBNAIL_ROWS * THUMBNAIL_COLUMNS)]
    return np.array(cells, dtype=np.uint8).reshape(THUMBNAIL_ROWS, THUMBNAIL_COLUMNS)


def _colour(values: object) -> Colour:
    red, green, blue = _numbers(values, 3)
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        raise Malformed("no colour")
    return red, green, blue


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
    return [_number(value) for value in _list(values, length)]


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Malformed("no such whole number")
    return value


def _list(values: object, least: int, most: int | None = None) -> list[Any]:
    """So many values; exactly `least` where no `most` is said."""
    if not isinstance(values, list) or not least <= len(values) <= (least if most is None else most):
        raise Malformed("not so many values")
    return values
