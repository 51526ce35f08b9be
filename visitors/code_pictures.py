"""The picture of a visit's code: held before the kiosk's camera instead of typing. Pure."""

import io
from typing import Final

import qrcode
from PIL import Image

from credentials import short_codes
from credentials.pictures import QUIET, CodePicture

PIXELS: Final = 8  # of one module in the picture that is mailed


def picture(code: str) -> CodePicture:
    """The code as people see it, `K7Q2-M9XD`, as a QR code of level M."""
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    drawn.add_data(short_codes.shown(code))
    drawn.make(fit=True)
    return CodePicture(tuple(tuple(map(bool, row)) for row in drawn.get_matrix()))


def png(code: str) -> bytes:
    """A picture for a mail, dark on light, with its quiet zone."""
    modules = picture(code).modules
    size = len(modules) + 2 * QUIET
    image = Image.new("1", (size, size), 1)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + QUIET, y + QUIET), 0)
    file = io.BytesIO()
    image.resize((size * PIXELS, size * PIXELS), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()
