"""Photographs for tests: one in the public domain out of a wheel, and LFW's where they lie beside us."""

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

LFW = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "faces"


@cache
def astronaut() -> Image.Image:
    """Eileen Collins by NASA, 512 x 512, of scikit-image's data; a face of 88 pixels, no other one."""
    spec = find_spec("skimage")
    assert spec
    assert spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "data" / "astronaut.png"
    return Image.open(path).convert("RGB")


def portrait(side: int = 360) -> Image.Image:
    """Her face, larger in a smaller picture."""
    return astronaut().crop((110, 0, 350, 240)).resize((side, side), Image.Resampling.BICUBIC)


def moved(number: int) -> Image.Image:
    """The portrait as somebody would move it about: nearer, aside, in another light. Each number another."""
    dice = np.random.default_rng(number)
    side, left, top = 170 + int(dice.integers(60)), int(dice.integers(90, 140)), int(dice.integers(0, 30))
    cut = astronaut().crop((left, top, left + side, top + side)).resize((400, 400), Image.Resampling.BICUBIC)
    return ImageEnhance.Brightness(cut).enhance(float(dice.uniform(0.85, 1.15)))


def stranger() -> Image.Image:
    """Somebody else: a face of LFW in the 25 x 25 pixels of scikit-image's data, enlarged and sharpened."""
    spec = find_spec("skimage")
    assert spec
    assert spec.submodule_search_locations
    small = np.load(Path(spec.submodule_search_locations[0]) / "data" / "lfw_subset.npy")[3]
    large = Image.fromarray((small * 255).astype(np.uint8)).resize((300, 300), Image.Resampling.LANCZOS)
    return large.filter(ImageFilter.UnsharpMask(radius=6, percent=120, threshold=0)).convert("RGB")


def before_camera(picture: Image.Image) -> bytes:
    """A camera's frame (PNG, 640 x 480): the picture before a wall, with the sensor's noise."""
    frame = Image.new("RGB", (640, 480), (128, 128, 128))
    frame.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    grain = np.random.default_rng(picture.width).normal(0, 5, (480, 640, 3))
    return png(Image.fromarray(np.clip(np.array(frame) + grain, 0, 255).astype(np.uint8)))


def array(picture: Image.Image) -> NDArray[Any]:
    """As an engine takes it."""
    return np.array(picture.convert("RGB"), dtype=np.uint8)


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    """As a camera sends it."""
    out = BytesIO()
    picture.save(out, "JPEG", **{"quality": 92, **options})
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    """Without loss."""
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def lfw(person: str, number: int) -> bytes:
    """A photograph of the subset; skips the test, with a word, where it does not lie beside the checkout."""
    path = LFW / "images" / person / f"{person}_{number:04}.jpg"
    if not path.is_file():
        pytest.skip(f"no photographs of other people here: {LFW} is missing")
    return path.read_bytes()
