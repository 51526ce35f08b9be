"""A frame on the wire, the same from a phone, a desk and a reader."""

import struct
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from biometrics.engine.pictures import MOST_BYTES

_HEAD: Final = struct.Struct(">16s16sI")  # session, its nonce, sequence
HEAD_BYTES: Final = _HEAD.size
MOST_FRAME: Final = HEAD_BYTES + MOST_BYTES


class NoFrame(ValueError):  # noqa: N818  (named for what it is)
    """Bytes that are no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came; `picture` is a stranger's bytes, looked at by the engine alone."""

    session: UUID
    nonce: bytes = field(repr=False)
    sequence: int
    picture: bytes = field(repr=False)


def read_frame(body: bytes) -> Frame:
    """The frame of a request's body. Raises NoFrame for one that is too short or too long."""
    if not HEAD_BYTES < len(body) <= MOST_FRAME:
        raise NoFrame("a frame has a head of 36 bytes and a picture of at most 2 MiB")
    session, nonce, sequence = _HEAD.unpack_from(body)
    return Frame(UUID(bytes=session), nonce, sequence, body[HEAD_BYTES:])


def write_frame(frame: Frame) -> bytes:
    """The reverse."""
    return _HEAD.pack(frame.session.bytes, frame.nonce, frame.sequence) + frame.picture
