"""Photographs for tests: one in the public domain out of a wheel, and LFW's where they lie beside us."""

from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

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
