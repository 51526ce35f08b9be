"""Reads a PDF of reportlab back: its page, its filled rectangles as a picture, what lies in its streams."""

import base64
import re
import zlib
from dataclasses import dataclass

from PIL import Image, ImageDraw

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.S)
NUMBER = rb"(-?[0-9.]+)"
PAINT = re.compile(
    rb"%s %s %s rg" % (NUMBER, NUMBER, NUMBER)
    + rb"|n %s %s %s %s re (f\*?)" % (NUMBER, NUMBER, NUMBER, NUMBER)
)
MEDIA = re.compile(rb"/MediaBox \[ 0 0 %s %s \]" % (NUMBER, NUMBER))
MM = 72 / 25.4


@dataclass
class Printed:
    """A page: its size in millimetres, and its filled rectangles in points with their colours."""

    width: float
    height: float
    rectangles: list[tuple[float, float, float, float, tuple[int, int, int]]]

    def picture(self, dots: float = 8.0) -> Image.Image:
        """As a printer would put it onto white paper, so many dots per millimetre."""
        scale = dots / MM
        image = Image.new("RGB", (round(self.width * dots), round(self.height * dots)), "white")
        draw = ImageDraw.Draw(image)
        for x, y, width, height, colour in self.rectangles:
            top = image.height - (y + height) * scale
            draw.rectangle((x * scale, top, (x + width) * scale - 1, top + height * scale - 1), fill=colour)
        return image


def streams(pdf: bytes) -> list[bytes]:
    """Every stream, opened."""
    found = []
    for raw in STREAM.findall(pdf):
        data = raw.strip()
        if data.endswith(b"~>"):
            data = base64.a85decode(data[:-2])
        found.append(_open(data))
    return found


def _open(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data


def read(pdf: bytes) -> Printed:
    """The only page."""
    (media,) = MEDIA.findall(pdf)
    rectangles = []
    colour = (0, 0, 0)
    for red, green, blue, x, y, width, height, fill in PAINT.findall(b"\n".join(streams(pdf))):
        if fill:
            rectangles.append((float(x), float(y), float(width), float(height), colour))
        else:
            colour = (round(float(red) * 255), round(float(green) * 255), round(float(blue) * 255))
    return Printed(float(media[0]) / MM, float(media[1]) / MM, rectangles)
