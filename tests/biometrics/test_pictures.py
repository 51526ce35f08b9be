"""Pictures of a stranger who means harm: each has its code, none costs much, and nothing is written."""

import os
import random
import struct
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.pictures import LONGER_SIDE, MOST_BYTES, MOST_PIXELS, MOST_SCANS, open_picture
from tests.biometrics.photographs import array, astronaut, jpeg, png, portrait

ORIENTATION = 0x0112


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Not one file is opened for writing, nor made where temporary files go."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened = os.open
    written: list[object] = []

    def watched(path: str, flags: int, *rest: int, **more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(path)
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", watched)
    yield
    assert written == []
    assert list(tmp_path.iterdir()) == []


def refusal(data: bytes) -> FaceCode:
    """The code of a picture that must be refused."""
    with pytest.raises(FaceRefused) as refused:
        open_picture(data)
    assert refused.value.__cause__ is None
    return refused.value.code


def chunk(name: bytes, body: bytes, *, length: int | None = None) -> bytes:
    """One part of a PNG, with the length it claims."""
    said = len(body) if length is None else length
    return struct.pack(">I", said) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, pixels: bytes, *more: bytes, depth: int = 8, kind: int = 2) -> bytes:
    """A PNG that claims these sides."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_good_ones_are_opened() -> None:
    for data in (
        jpeg(astronaut()),
        png(astronaut()),
        png(astronaut().convert("L")),
        png(astronaut().quantize()),
    ):
        rgb = open_picture(data)
        assert rgb.dtype == np.uint8
        assert rgb.shape == (512, 512, 3)
        assert abs(rgb.astype(int) - array(astronaut()).astype(int)).mean() < 60
    assert (open_picture(png(astronaut())) == array(astronaut())).all()


def test_a_large_one_is_made_smaller() -> None:
    rgb = open_picture(jpeg(astronaut().resize((3000, 2000)), quality=80))
    assert rgb.shape == (427, LONGER_SIDE, 3)
    assert abs(rgb.astype(int) - array(astronaut().resize((640, 427))).astype(int)).mean() < 6
    assert open_picture(png(astronaut().resize((3, 900)))).shape == (640, 2, 3)


@pytest.mark.parametrize(
    ("orientation", "back"),
    [
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (6, Image.Transpose.ROTATE_90),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_a_phone_that_was_held_otherwise(orientation: int, back: Image.Transpose) -> None:
    upright = astronaut().crop((0, 0, 400, 300))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    rgb = open_picture(jpeg(upright.transpose(back), exif=exif))
    assert rgb.shape == (300, 400, 3)
    assert abs(rgb.astype(int) - array(upright).astype(int)).mean() < 4


def test_damaged_exif_does_no_harm() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    good = jpeg(astronaut(), exif=exif)
    at = good.index(b"Exif")
    for place in range(at + 6, at + 30):
        damaged = good[:place] + b"\xff" + good[place + 1 :]
        try:
            assert open_picture(damaged).shape == (512, 512, 3)
        except FaceRefused as refused:
            assert refused.code is FaceCode.PICTURE_BROKEN  # noqa: PT017


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"GIF89a" + bytes(100),
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"%PDF-1.7\n",
        b"BM" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
    ],
)
def test_only_two_kinds_are_opened(data: bytes) -> None:
    """Whatever it is called: an SVG named .jpg has no name here at all."""
    assert refusal(data) is FaceCode.PICTURE_KIND


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP"])
def test_other_readers_of_pillow_are_never_reached(kind: str) -> None:
    out = BytesIO()
    astronaut().save(out, kind)
    assert refusal(out.getvalue()) is FaceCode.PICTURE_KIND


def test_too_many_bytes_are_not_looked_at() -> None:
    assert refusal(jpeg(astronaut()) + bytes(MOST_BYTES)) is FaceCode.PICTURE_TOO_LARGE
    assert refusal(bytes(MOST_BYTES + 1)) is FaceCode.PICTURE_TOO_LARGE


@pytest.mark.parametrize("part", [0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_jpeg(part: float) -> None:
    data = jpeg(astronaut())
    assert refusal(data[: int(len(data) * part)]) is FaceCode.PICTURE_BROKEN


@pytest.mark.parametrize("part", [0.01, 0.5, 0.999])
def test_a_truncated_png(part: float) -> None:
    data = png(astronaut())
    assert refusal(data[: int(len(data) * part)]) is FaceCode.PICTURE_BROKEN


def test_fifty_megapixels() -> None:
    """As a JPEG of one colour: a few hundred kilobytes that claim 150 MB."""
    began = time.process_time()
    assert refusal(jpeg(Image.new("RGB", (8660, 5774)), quality=10)) is FaceCode.PICTURE_PIXELS
    assert 8660 * 5774 > 50_000_000 > MOST_PIXELS
    assert time.process_time() - began < 5


@pytest.mark.parametrize("sides", [(4001, 4000), (10_000, 10_000), (20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_not_unpacked(sides: tuple[int, int]) -> None:
    """Tall claims, and pixels that would unpack to hundreds of megabytes."""
    pixels = zlib.compress(bytes(50_000_000), 9)
    data = png_of(*sides, pixels)
    tracemalloc.start()
    code = refusal(data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code is FaceCode.PICTURE_PIXELS
    assert most < 1_000_000


def test_more_pixels_than_claimed_are_left_packed() -> None:
    """A small picture whose pixels go on for 50 MB."""
    rows = b"".join(b"\0" + bytes(3 * 100) for _ in range(100))
    data = png_of(100, 100, zlib.compress(rows + bytes(50_000_000), 9))
    tracemalloc.start()
    assert open_picture(data).shape == (100, 100, 3)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_progressive_jpeg_of_endless_scans() -> None:
    """Each scan walks over the whole picture; those of a camera are few."""
    sound = jpeg(portrait(96), progressive=True)
    last = sound.rindex(b"\xff\xda")
    scan = sound[last : sound.rindex(b"\xff\xd9")]
    open_picture(sound)
    assert refusal(sound[:last] + scan * (MOST_SCANS + 1) + sound[last:]) is FaceCode.PICTURE_BROKEN


def test_text_that_unpacks_to_a_bomb() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("note", "a" * 40_000_000, zip=True)
    out = BytesIO()
    astronaut().save(out, "PNG", pnginfo=text)
    assert refusal(out.getvalue()) is FaceCode.PICTURE_BROKEN


@pytest.mark.parametrize("length", [0, 1, 12, 2**31, 2**32 - 1])
def test_a_png_with_a_false_length(length: int) -> None:
    rows = zlib.compress(b"".join(b"\0" + bytes(300) for _ in range(100)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0))
    end = chunk(b"IEND", b"")
    magic = b"\x89PNG\r\n\x1a\n"
    assert refusal(magic + header + chunk(b"IDAT", rows, length=length) + end) is FaceCode.PICTURE_BROKEN
    false = chunk(b"IHDR", struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0), length=length)
    assert refusal(magic + false + chunk(b"IDAT", rows) + end) is FaceCode.PICTURE_BROKEN


def test_a_png_whose_checksum_is_wrong_or_that_goes_on() -> None:
    data = bytearray(png(astronaut()))
    data[len(data) // 2] ^= 1
    assert refusal(bytes(data)) is FaceCode.PICTURE_BROKEN
    assert refusal(png(astronaut()) + b"PK\x03\x04 and an archive") is FaceCode.PICTURE_BROKEN
    assert refusal(png(astronaut()) + png(astronaut())) is FaceCode.PICTURE_BROKEN
    assert refusal(b"\x89PNG\r\n\x1a\n") is FaceCode.PICTURE_BROKEN


def test_kinds_of_pixels_that_no_camera_sends() -> None:
    assert refusal(png(Image.new("I;16", (100, 100)))) is FaceCode.PICTURE_KIND
    assert refusal(jpeg(Image.new("CMYK", (100, 100)))) is FaceCode.PICTURE_KIND


def test_no_sides() -> None:
    assert refusal(png_of(0, 100, zlib.compress(b""))) is FaceCode.PICTURE_BROKEN


def test_damage_anywhere_is_a_picture_or_a_refusal() -> None:
    """Two thousand pictures with random bytes, with parts that are gone: nothing else comes out."""
    chance = random.Random(20261126)
    sound = [jpeg(portrait(96)), png(portrait(96)), jpeg(portrait(96), progressive=True)]
    codes: set[FaceCode] = set()
    for _ in range(2000):
        data = bytearray(chance.choice(sound))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 40))] = chance.randbytes(chance.choice((0, 1, 1, 3)))
        try:
            assert max(open_picture(bytes(data)).shape) <= LONGER_SIDE
        except FaceRefused as refused:
            codes.add(refused.code)
    assert codes >= {FaceCode.PICTURE_BROKEN, FaceCode.PICTURE_KIND}
    assert all(code.value.startswith("picture_") for code in codes)
