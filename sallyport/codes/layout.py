"""Layouts of the codes: digits, sizes, packing, associated data. One spelling per code.

A code is decimal digits: one digit format, two digits version, then the bytes as one big-endian number with
its leading zeros kept, so that the length is fixed per format. docs/code-format.md is the public description.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sallyport.reasons import Reason

VERSION: Final = 1
COMPANY_BYTES: Final = 16
KEY_ID_BYTES: Final = 4
SIV_BYTES: Final = 16
SIGNATURE_BYTES: Final = 64
CLOCK_TOLERANCE: Final = 2  # seconds, both sides of a live code's life


class CodeFormat(IntEnum):
    """The first digit of a code."""

    LIVE = 1
    PASS = 2
    DAY_PASS = 3


class CodeFlags(IntEnum):
    """The lowest bit of the flags byte; the seven above it count minutes, and are zero where it is."""

    PHONE_UNLOCKED = 0x01


MOST_MINUTES: Final = 127


def unlock_flags(minutes: int | None) -> int:
    """The flags byte: None for a phone that was not unlocked, else minutes (a live code: since the unlock;
    a pass: how long an unlock lasts). Raises ValueError for minutes that do not fit.
    """
    if minutes is None:
        return 0
    if not 0 <= minutes <= MOST_MINUTES:
        raise ValueError("0 to 127 minutes")
    return CodeFlags.PHONE_UNLOCKED | minutes << 1


def minutes_of(flags: int) -> int | None:
    """What `unlock_flags` was given."""
    return flags >> 1 if flags & CodeFlags.PHONE_UNLOCKED else None


def known_flags(flags: int) -> bool:
    """Whether the byte is one that `unlock_flags` makes."""
    return flags == 0 or bool(flags & CodeFlags.PHONE_UNLOCKED)


class CodeRefused(Exception):  # noqa: N818 - named for what happened
    """The code does not open. `reason` is one of the code reasons of `sallyport.reasons`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of one format: bytes on the code, and the digits that write them."""

    format: CodeFormat
    size: int
    digits: int  # of the number alone, without format and version
    prefix: str  # format and version as they open the text
    text_length: int  # digits of the whole text


def layout(format_: CodeFormat, size: int) -> Layout:
    """The layout of `size` bytes: as many digits as the largest value of that many bytes needs."""
    prefix, digits = f"{int(format_)}{VERSION:02d}", len(str((1 << (8 * size)) - 1))
    return Layout(format_, size, digits, prefix, len(prefix) + digits)


LIVE_CONTENTS: Final = struct.Struct(">IIHBII")  # credential, device, profile, flags, issued, nonce
LIVE: Final = layout(
    CodeFormat.LIVE, KEY_ID_BYTES + SIV_BYTES + LIVE_CONTENTS.size + SIGNATURE_BYTES
)  # 103 bytes, 252 digits

PREFIX: Final = struct.Struct(">BB16sI")  # format, version, company, key id


def associated_data(format_: CodeFormat, key_id: int, company: bytes) -> bytes:
    """What AES-SIV binds beside the contents: `sallyport/code/seal/1`, format, version, company, key id."""
    return b"sallyport/code/seal/1\0" + PREFIX.pack(format_, VERSION, company, key_id)


def signature_context(format_: CodeFormat, key_id: int, company: bytes) -> bytes:
    """What stands before the contents in the signed bytes: `sallyport/code/sign/1`, then as in the seal."""
    return b"sallyport/code/sign/1\0" + PREFIX.pack(format_, VERSION, company, key_id)


def to_text(shape: Layout, data: bytes) -> str:
    """The digits of `data`. Raises ValueError when the size is not the layout's."""
    if len(data) != shape.size:
        raise ValueError(f"a code of format {int(shape.format)} has {shape.size} bytes")
    return shape.prefix + str(int.from_bytes(data, "big")).zfill(shape.digits)


def from_text(shape: Layout, text: str) -> bytes:
    """The bytes of a text of this layout. Raises CodeRefused(malformed) for every other text.

    isascii and the bytes' isdigit together are exactly [0-9]+: int() alone would take signs, blanks,
    underscores and the digits of other scripts. The text's own isdecimal looks up each digit in tables.
    """
    if len(text) != shape.text_length or not text.isascii() or not text.encode().isdigit():
        raise CodeRefused(Reason.MALFORMED)
    if not text.startswith(shape.prefix):
        raise CodeRefused(Reason.MALFORMED)
    try:
        return int(text[3:]).to_bytes(shape.size, "big")
    except OverflowError:
        raise CodeRefused(Reason.MALFORMED) from None


def code_hash(text: str) -> bytes:
    """SHA-256 of what the camera read; any text has one, a refused one too (event records, answers)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
