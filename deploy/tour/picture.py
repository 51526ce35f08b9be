"""The code as a picture: drawn as the phone draws it, and read back from the picture alone."""

import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

from deploy.tour.report import Mismatch

QUIET_ZONE = 4
MODULE_PIXELS = 6
MODULES_OF_LIVE_CODE = 41  # QR version 6


def draw(digits: str) -> Image.Image:
    """The picture of a live code: numeric mode, level M."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=MODULE_PIXELS)
    code.add_data(QRData(digits.encode("ascii"), mode=MODE_NUMBER))
    code.make(fit=True)
    if code.modules_count != MODULES_OF_LIVE_CODE:
        raise Mismatch(f"the picture has {code.modules_count} modules, {MODULES_OF_LIVE_CODE} are expected")
    picture: Image.Image = code.make_image().get_image().convert("L")
    return picture


def read(picture: Image.Image) -> str:
    """The digits in a picture."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    if len(found) != 1:
        raise Mismatch(f"{len(found)} codes in the picture")
    return str(found[0].text)
