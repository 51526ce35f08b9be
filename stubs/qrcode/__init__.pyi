from qrcode import constants as constants
from qrcode import util as util
from qrcode.main import QRCode as QRCode
