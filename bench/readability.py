"""Whether each kind of code, drawn as the wallet draws it, is read by two decoders that share nothing.

`python -m bench.readability`: pictures of level M with a quiet zone of 4 on a grey ground, in print at 0.8 in
scanned with 300 dpi and on a phone before a camera, over a grid of scale, rotation, blur, glare and low
contrast. A scene is what a camera sees of one code in a quarter of a second: frames that differ by a hand's
tremor; it counts as read when a frame gives the code's digits, and as wrong when one gives anything else. One
JSON line per decoder, kind and size, then "readability": the share of scenes within the stated minimum that a
decoder reads, the least of all. Exits with 1 where that is not 1.0, or where anything was read wrong.
"""

import itertools
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_NUMBER, QRData

from bench.code import CODES
from bench.rounds import tell

Picture = npt.NDArray[np.uint8]
QUIET_ZONE, DRAWN_PIXELS = 4, 12
FRAMES = 8
GROUND = 96  # grey of what lies around the quiet zone
PRINT_PIXELS = 240  # 0.8 in at 300 dpi, the quiet zone in it
PHONE_SCALES = (3.0, 4.0, 6.0)  # camera pixels per module
TURNS = (0, 7, 45, 90)  # degrees
BLURS = (0.0, 0.2, 0.35)  # standard deviation, in modules
DARKS = (0, 118)  # black, and the grey that has a contrast of 4.5:1 with white
GLARES = (0.0, 0.16)  # diameter of a burnt-out spot, in sides of the symbol


@dataclass(frozen=True)
class Scene:
    """How a picture stands before a camera or lies on a scanner."""

    scale: float  # camera pixels per module
    turn: int
    blur: float
    dark: int
    glare: float

    def within_minimum(self, size: str) -> bool:
        """Whether it must be read: see `MINIMUM`."""
        return (size == "print" or self.scale >= LEAST_SCALE) and self.blur <= MOST_BLUR


LEAST_SCALE, MOST_BLUR = 4.0, 0.2
MINIMUM = (
    "print of 0.8 in, quiet zone in it, at 300 dpi, or a phone at 4 camera pixels per module; every turn of"
    " the grid; blur of 0.2 modules; contrast of 4.5:1; a burnt-out spot of 0.16 sides; within 8 frames"
)


def drawn(digits: str, mask: int | None = None) -> Picture:
    """The picture, large. `mask`: which of the eight lies over it; None: the library chooses."""
    code = QRCode(
        error_correction=ERROR_CORRECT_M, border=QUIET_ZONE, box_size=DRAWN_PIXELS, mask_pattern=mask
    )
    code.add_data(QRData(digits.encode("ascii"), mode=MODE_NUMBER))
    code.make(fit=True)
    return np.array(code.make_image().get_image().convert("L"), dtype=np.uint8)


def frames(large: Picture, scene: Scene) -> Iterator[Picture]:
    """What the camera sees of a scene, one frame after the other."""
    shift = np.random.default_rng(20261126)
    for _ in range(FRAMES):
        turn = scene.turn + shift.uniform(-2, 2)
        scale = scene.scale * shift.uniform(1, 1.06)
        yield frame(large, scene, turn, scale, shift)


def frame(large: Picture, scene: Scene, turn: float, scale: float, noise: np.random.Generator) -> Picture:
    """One frame: turned, made small as a lens does, blurred, lit and with the noise of a sensor."""
    factor = scale / DRAWN_PIXELS
    side = large.shape[0]
    reach = abs(cos(radians(turn))) + abs(sin(radians(turn)))
    out = ceil(side * factor * reach) + 24
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), turn, factor)
    matrix[:, 2] += out / 2 - side / 2 + noise.uniform(-0.5, 0.5, 2)
    soft = cv2.GaussianBlur(large, (0, 0), max(0.4 / factor, scene.blur * DRAWN_PIXELS))
    seen = cv2.warpAffine(soft, matrix, (out, out), borderValue=(GROUND,))
    lit: npt.NDArray[np.float64] = scene.dark + seen.astype(np.float64) * (1 - scene.dark / 255)
    if scene.glare:
        modules = side / DRAWN_PIXELS - 2 * QUIET_ZONE
        rows, columns = np.mgrid[0:out, 0:out] - out / 2
        distance = np.sqrt((rows - out * 0.03) ** 2 + (columns - out * 0.05) ** 2)
        edge = scene.glare * modules * scale / 2
        lit = np.maximum(lit, 255 * np.clip(2 - distance / edge, 0, 1))
    grain = noise.normal(0, 3, lit.shape)
    return np.array(np.clip(lit * 0.9 + grain, 0, 255), dtype=np.uint8)


def by_zxing(picture: Picture) -> str:
    """Read by zxing-cpp."""
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(picture, formats=kinds)
    return str(found[0].text) if found else ""


def by_opencv(picture: Picture) -> str:
    """Read by OpenCV, which shares no code with zxing-cpp."""
    try:
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    except cv2.error:  # raised for corners that enclose nothing: a frame not read
        return ""
    return str(text)


READERS = {"zxing-cpp": by_zxing, "opencv": by_opencv}


def scenes(size: str, modules: int) -> list[Scene]:
    """The grid for a size; `modules` of a side with its quiet zone."""
    scales = (PRINT_PIXELS / modules,) if size == "print" else PHONE_SCALES
    return [Scene(*one) for one in itertools.product(scales, TURNS, BLURS, DARKS, GLARES)]


def look(large: Picture, digits: str, scene: Scene) -> dict[str, str]:
    """What each decoder made of a scene: read, missed or wrong."""
    found = dict.fromkeys(READERS, "missed")
    for picture in frames(large, scene):
        for name in [name for name, outcome in found.items() if outcome == "missed"]:
            text = READERS[name](picture)
            if text:
                found[name] = "read" if text == digits else "wrong"
        if "missed" not in found.values():
            break
    return found


def measure(kind: str, digits: str, size: str) -> tuple[float, int]:
    """Tell the rates of one kind at one size; the least share within the minimum, and what was read wrong."""
    large = drawn(digits)
    grid = scenes(size, large.shape[0] // DRAWN_PIXELS)
    outcomes = [(scene, look(large, digits, scene)) for scene in grid]
    least, wrong = 1.0, 0
    for name in READERS:
        inside = [found[name] == "read" for scene, found in outcomes if scene.within_minimum(size)]
        every = Counter(found[name] for _, found in outcomes)
        share = sum(inside) / len(inside)
        least, wrong = min(least, share), wrong + every["wrong"]
        beside = {"decoder": name, "code": kind, "size": size, "scenes": len(inside)}
        beside |= {"of_whole_grid": round(every["read"] / len(grid), 3), "wrong": every["wrong"]}
        tell("readability_rate", share, 1.0, "share", **beside)
    return least, wrong


def main() -> int:
    """All kinds at both sizes."""
    names = {"1": "live", "2": "pass_proof", "3": "day_pass"}
    told = [
        measure(names[digits[0]], digits, size) for digits in CODES.values() for size in ("print", "phone")
    ]
    least, wrong = min(share for share, _ in told), sum(count for _, count in told)
    met = least == 1.0 and not wrong
    tell("readability", least, 1.0, "share", bar=1.0, met=met, wrong=wrong, minimum=MINIMUM)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
