"""The first start of `make demo` as a person sees it: the tour, then the addresses; the tour by itself."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.files import private_folder
from deploy.local.stack import Place, healthy
from deploy.tour.browser import Browser, Site
from deploy.tour.report import Mismatch
from tests.launcher.launched import ROOT, launch, remove, run, running_below

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("launcher")]
WHOLE = "the whole tour"
FIRST_STEP = "a company signs up"
# More than pages/limits.py grants one place in an hour.
MANY_SIGN_UPS = 40


@pytest.fixture
def fresh() -> Iterator[Path]:
    """A var/ that nothing has filled."""
    home = private_folder(ROOT / "var" / f"launcher-{os.getpid()}-fresh")
    yield private_folder(home / "var")
    remove(home)


def use_up_sign_ups(port: int) -> None:
    """Ask for a name that is taken until this machine may not ask any more."""
    asked = {"name": "Acme", "subdomain": "acme", "owner_name": "Olga", "owner_email": "olga@acme.example"}
    with Browser(Site("http", "localhost", port)) as public:
        for _ in range(MANY_SIGN_UPS):
            with pytest.raises(Mismatch) as told:
                public.submit("/sign-up/", **asked, password="unlike-anything-2")
            if "Too many sign-ups" in str(told.value):
                return
    pytest.fail(f"nothing stops sign-ups: {told.value}")


def test_the_first_start_runs_the_tour_and_the_second_does_not(fresh: Path) -> None:
    first = launch(fresh, "demo")
    try:
        first.wait_for("Ctrl-C ends it.")
        assert FIRST_STEP in first.lines
        assert first.lines.index(WHOLE) < first.lines.index("  Console ")
        assert "✗" not in first.lines
        assert (fresh / "toured").exists()
        assert healthy(Place(var=fresh, port=first.port))
        assert first.end(signal.SIGINT) == 0
    finally:
        if first.process.poll() is None:
            first.end()
    assert running_below(fresh) == []

    second = launch(fresh, "demo")
    try:
        second.wait_for("Ctrl-C ends it.")
        assert FIRST_STEP not in second.lines
        use_up_sign_ups(second.port)
        # Beside a running demo the tour walks through that one, and tells when a step fails.
        status, output = run(fresh, "tour")
        assert status == 1
        assert "✗" in output
        assert FIRST_STEP in output
        assert second.process.poll() is None
        assert second.end(signal.SIGINT) == 0
    finally:
        if second.process.poll() is None:
            second.end()

    (fresh / "toured").unlink()
    status, output = run(fresh, "demo")
    assert status == 1
    assert "the tour failed at 1 of its steps" in output
    assert "  Console " not in output
    assert not (fresh / "toured").exists()
    assert running_below(fresh) == []
