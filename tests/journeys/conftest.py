"""Chromium with a camera that is a file, for whoever goes through a journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.readers.fake_camera import FakeCamera


@pytest.fixture
def camera(tmp_path: Path) -> FakeCamera:
    """What the camera sees: the tablet's at the door, and a desk's."""
    return FakeCamera(tmp_path / "camera.y4m")


@pytest.fixture
def browser(chromium: str, camera: FakeCamera) -> Iterator[Browser]:
    flags = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={camera.path}",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield launched
        launched.close()
