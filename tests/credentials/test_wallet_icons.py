"""The wallet's icons: of the size told, opaque, the mark whole wherever a phone cuts them to shape."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from numpy.typing import NDArray

from tenants.context import CompanyRef

STATIC = Path(settings.STATICFILES_DIRS[0])
MANIFEST = STATIC / "wallet" / "manifest.webmanifest"
APPLE = STATIC / "img" / "wallet-apple-180.png"


def told() -> list[dict[str, str]]:
    icons: list[dict[str, str]] = json.loads(MANIFEST.read_text())["icons"]
    return icons


def picture(path: Path) -> NDArray[Any]:
    read = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert read is not None, path
    return read


def drawn(found: NDArray[Any]) -> NDArray[Any]:
    """(row, column) of every pixel that is not the ground's."""
    return np.argwhere((found != found[0, 0]).any(axis=2))


def test_an_installable_wallet_has_both_sizes_and_one_to_cut() -> None:
    found = {(icon["sizes"], icon["purpose"]) for icon in told() if icon["type"] == "image/png"}
    assert found == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_every_picture_is_as_large_as_told_and_opaque() -> None:
    named = {MANIFEST.parent / icon["src"]: icon["sizes"] for icon in told() if icon["src"].endswith(".png")}
    for path, sizes in {**named, APPLE: "180x180"}.items():
        height, width, channels = picture(path).shape
        assert (f"{width}x{height}", channels) == (sizes, 3), path
        assert len(drawn(picture(path))) > height * width / 10, path


def test_the_mark_is_whole_in_the_circle_that_is_always_shown() -> None:
    (src,) = [icon["src"] for icon in told() if icon["purpose"] == "maskable"]
    found = picture(MANIFEST.parent / src)
    from_middle = np.linalg.norm(drawn(found) - (found.shape[0] - 1) / 2, axis=1)
    assert from_middle.max() <= found.shape[0] * 0.4


@pytest.mark.parametrize("shown", ["wallet-192.png", "wallet-maskable-512.png", APPLE.name])
def test_they_are_kept_for_times_without_signal(acme: CompanyRef, shown: str) -> None:
    phone = Client(HTTP_HOST="acme.localhost")
    assert f'"/static/img/{shown}"' in phone.get("/wallet/worker.js").content.decode()


def test_the_page_names_the_one_for_the_home_screen(acme: CompanyRef) -> None:
    page = Client(HTTP_HOST="acme.localhost").get("/wallet/").content.decode()
    assert f'<link rel="apple-touch-icon" href="/static/img/{APPLE.name}">' in page
