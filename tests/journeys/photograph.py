"""A phone in front of a camera, as cameras see it: turned, tilted, out of focus, noisy, in poor light."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from tests.readers.fake_camera import HEIGHT, WIDTH

WALL = (112, 118, 121)
Picture = NDArray[Any]


@dataclass(frozen=True)
class Hand:
    """How a phone is held there: the part of the frame's width it fills, the degrees it is turned."""

    fills: float = 0.62
    turned: float = 5.0
    tilt: float = 0.04  # the far edge is so much narrower on each side
    blur: float = 0.7
    noise: float = 4.0


def photograph(page: Page, thing: str, hand: Hand | None = None) -> bytes:
    """A camera's frame (PNG) of the screen of `page`, with `thing` before the lens."""
    box = page.locator(thing).bounding_box()
    assert box is not None, thing
    screen = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    size = page.viewport_size
    assert screen is not None
    assert size is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    frame = _seen(screen, size["width"], middle, hand or Hand())
    return bytes(cv2.imencode(".png", frame)[1].tobytes())


def _seen(screen: Picture, width: float, middle: tuple[float, float], hand: Hand) -> Picture:
    scale = WIDTH * hand.fills / screen.shape[1]
    small = cv2.resize(screen, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    per_css = small.shape[1] / width
    tall, wide = small.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    placed = corners - np.array([middle[0] * per_css, middle[1] * per_css], np.float32)
    placed[:, 0] *= 1 + hand.tilt * placed[:, 1] / HEIGHT * 2
    angle = np.radians(hand.turned)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    placed = placed @ turn + np.array([WIDTH / 2, HEIGHT / 2], np.float32)
    warp = cv2.getPerspectiveTransform(corners, placed.astype(np.float32))
    frame: Picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    frame = cv2.warpPerspective(
        small, warp, (WIDTH, HEIGHT), dst=frame, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    frame = cv2.GaussianBlur(frame, (0, 0), hand.blur)
    grain = np.random.default_rng(7).normal(0, hand.noise, frame.shape)
    return np.clip(frame * 0.86 + 14 + grain, 0, 255).astype(np.uint8)
