"""One var/ that a first start has filled, for all faults that are tried on it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.files import private_folder
from tests.launcher.launched import ROOT, Launched, launch, remove


@pytest.fixture(scope="session")
def var() -> Iterator[Path]:
    """A var/ that a first start has filled."""
    home = private_folder(ROOT / "var" / f"launcher-{os.getpid()}")
    place = private_folder(home / "with a space")
    first = launch(place, "demo", "--no-tour")
    first.wait_for("Ctrl-C ends it.")
    assert first.end(signal.SIGINT) == 0
    yield place
    remove(home)


@pytest.fixture
def demo(var: Path) -> Iterator[Launched]:
    """The demo, started a second time."""
    started = launch(var, "demo", "--no-tour")
    yield started
    if started.process.poll() is None:
        started.end()
