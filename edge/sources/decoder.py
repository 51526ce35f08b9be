"""Pictures to texts, by zxing-cpp. Whatever a picture holds, it answers with a list and never raises."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from edge.source import LONGEST

# uint8, H x W (grey) or H x W x 3 (blue, green, red)
Picture = NDArray[np.uint8] | NDArray[Any]

FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
MOST_IN_A_PICTURE: Final = 4
LARGEST: Final = 8_192  # pixels of a side
_EXAMPLE: Final = "101" + "0123456789" * 24 + "012345678"
GONE_AFTER: Final = 1.0  # seconds: a code that was not seen for so long has left the view


def texts_in(picture: Picture) -> list[str]:
    """The texts of the QR codes in a picture, each once; none where there is nothing that can be read."""
    if picture.ndim not in (2, 3) or 0 in picture.shape or max(picture.shape) > LARGEST:
        return []
    try:
        grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        found = zxingcpp.read_barcodes(
            np.ascontiguousarray(grey), formats=FORMATS, text_mode=zxingcpp.TextMode.Plain
        )
        texts = [barcode.text[:LONGEST] for barcode in found[:MOST_IN_A_PICTURE]]
    except (cv2.error, RuntimeError, ValueError, TypeError, MemoryError):
        return []
    return [text for text in dict.fromkeys(texts) if text]


@dataclass(slots=True)
class Sightings:
    """Which codes are in view: each is told once, until it was out of view for `gone_after` seconds."""

    gone_after: float = GONE_AFTER
    _seen: dict[str, float] = field(default_factory=dict)

    def new(self, texts: Iterable[str], at: float) -> Iterator[str]:
        """Those of `texts`, seen at monotonic second `at`, that were not in view."""
        self._seen = {text: last for text, last in self._seen.items() if at - last < self.gone_after}
        for text in texts:
            if text not in self._seen:
                yield text
            self._seen[text] = at


def works() -> bool:
    """Whether this machine's decoder reads a code that it draws itself: for the doctor."""
    return texts_in(example()) == [_EXAMPLE]


def example() -> Picture:
    """1280 x 720, grey, with the code of a live code's size in it."""
    drawn = zxingcpp.create_barcode(_EXAMPLE, zxingcpp.BarcodeFormat.QRCode)
    code = np.array(drawn.to_image(scale=4))
    view = np.full((720, 1280), 128, np.uint8)
    view[200 : 200 + code.shape[0], 500 : 500 + code.shape[1]] = code
    return view


def seconds_for(picture: Picture, rounds: int = 3) -> float:
    """How long reading a picture takes at best, in seconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        texts_in(picture)
        took.append(time.perf_counter() - began)
    return min(took)
