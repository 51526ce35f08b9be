"""What tests of sources share: pictures with codes in them, and taking what a source sees."""

import asyncio
from collections.abc import Callable

import numpy as np
import zxingcpp

from edge.source import CodeSource
from edge.sources.decoder import Picture

CODE = "101" + "0123456789" * 24 + "012345678"
OTHER = "101" + "9876543210" * 24 + "012345678"


def picture(text: str | bytes, scale: int = 4) -> Picture:
    """A grey picture of a QR code."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return np.array(drawn.to_image(scale=scale))


def on_screen(*texts: str) -> Picture:
    """1280 x 720 in colour with codes side by side, as a camera sees phones."""
    view = np.full((720, 1280, 3), 90, np.uint8)
    for place, text in enumerate(texts):
        code = picture(text)
        left, side = 40 + place * 420, code.shape[0]
        view[100 : 100 + side, left : left + side] = code[:, :, None]
    return view


async def seen_by(source: CodeSource, seconds: float = 5.0) -> list[str]:
    """All that a source that ends has seen."""
    async with asyncio.timeout(seconds):
        found = [seen.text async for seen in source.codes()]
    await source.close()
    return found


async def until(what: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to become true, for hardware that answers when it does."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)
