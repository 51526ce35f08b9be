"""A stranger's picture, opened: what it claims is looked at before anything is unpacked. Writes nothing.

Only JPEG and PNG, told by their content; at most 2 MiB and 16 million pixels. What comes out is upright, in
red, green and blue, its longer side at most 640 pixels: what the detector's figures hold for.
"""

import struct
import warnings
import zlib
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Rgb

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_SCANS: Final = 40  # of a JPEG; ten is usual for a progressive one, some in its thumbnail
MOST_PIXELS: Final = 16_000_000
LONGER_SIDE: Final = 640
JPEG: Final = b"\xff\xd8\xff"
PNG: Final = b"\x89PNG\r\n\x1a\n"
MODES: Final = frozenset({"RGB", "RGBA", "L", "LA", "P"})
# Whatever Pillow's two readers were seen to raise for damaged files.
BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)


def open_picture(data: bytes) -> Rgb:
    """The picture, uint8 H x W x 3. Raises FaceRefused with one of the picture codes."""
    kind = _kind(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged EXIF, which is of no use then
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=(kind,)) as picture:
                return _unpacked(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FaceRefused(FaceCode.PICTURE_PIXELS) from None
    except BROKEN:
        raise FaceRefused(FaceCode.PICTURE_BROKEN) from None


def _kind(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise FaceRefused(FaceCode.PICTURE_TOO_LARGE)
    if data.startswith(JPEG):
        _check_jpeg(data)
        return "JPEG"
    if not data.startswith(PNG):
        raise FaceRefused(FaceCode.PICTURE_KIND)
    _look_through_png(data)
    return "PNG"


def _look_through_png(data: bytes) -> None:
    """Every chunk as long as it says, with its checksum, the first one the header and the last one the end.

    Pillow leaves the checksums of the pixels alone and reads past a wrong length where it can (PNG, 5.3).
    """
    at, names = len(PNG), []
    while at < len(data):
        if len(data) - at < 12:
            raise FaceRefused(FaceCode.PICTURE_BROKEN)
        length, name = struct.unpack_from(">I4s", data, at)
        if length > len(data) - at - 12:
            raise FaceRefused(FaceCode.PICTURE_BROKEN)
        body = memoryview(data)[at + 4 : at + 8 + length]
        if zlib.crc32(body) != int.from_bytes(data[at + 8 + length : at + 12 + length], "big"):
            raise FaceRefused(FaceCode.PICTURE_BROKEN)
        names.append(name)
        at += 12 + length
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or names.count(b"IEND") != 1:
        raise FaceRefused(FaceCode.PICTURE_BROKEN)


def _check_jpeg(data: bytes) -> None:
    """A progressive picture is drawn once a scan, over all of it: cameras need ten, a bomb has thousands."""
    if data.count(b"\xff\xda") > MOST_SCANS:
        raise FaceRefused(FaceCode.PICTURE_BROKEN)


def _unpacked(picture: Image.Image) -> Rgb:
    if picture.width * picture.height > MOST_PIXELS:
        raise FaceRefused(FaceCode.PICTURE_PIXELS)
    if picture.mode not in MODES:
        raise FaceRefused(FaceCode.PICTURE_KIND)
    # A JPEG can be unpacked at a half, a quarter or an eighth; never below what is asked for.
    picture.draft("RGB", (LONGER_SIDE, LONGER_SIDE))
    picture.load()
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    longer = max(upright.size)
    if longer > LONGER_SIDE:
        width, height = (max(1, round(side * LONGER_SIDE / longer)) for side in upright.size)
        upright = upright.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(upright, dtype=np.uint8)
