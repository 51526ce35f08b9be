"""`make demo` and its faults, as processes: started, stopped, started beside another, in broken places."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.failure import ROOM_NEEDED
from deploy.local.files import private_folder
from tests.launcher.launched import ROOT, Launched, launch, run, running_below

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
QUICK_SECONDS = 10


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A var/ that a first start has filled."""
    home = private_folder(ROOT / "var" / f"launcher-{os.getpid()}")
    place = private_folder(home / "with a space")
    first = launch(place, "demo", "--no-tour")
    first.wait_for("Ctrl-C ends it.")
    assert first.end(signal.SIGINT) == 0
    yield place
    _remove(home)


def _remove(home: Path) -> None:
    for link in home.glob("**/elsewhere"):
        shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def demo(var: Path) -> Iterator[Launched]:
    """The demo, started a second time."""
    started = launch(var, "demo", "--no-tour")
    yield started
    if started.process.poll() is None:
        started.end()


def crowded() -> float:
    """How much slower this machine is for the others that run on it now."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def one_line(output: str) -> str:
    """The output, which must be one line and no trace."""
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if line.strip()]
    assert len(lines) == 1, output
    assert lines[0].startswith("Sallyport: ")
    return lines[0]


def test_the_second_start_is_quick_serves_and_ends_whole(demo: Launched, var: Path) -> None:
    began = time.monotonic()
    demo.wait_for("Ctrl-C ends it.")
    assert time.monotonic() - began < QUICK_SECONDS * crowded()
    assert f"http://acme.localhost:{demo.port}/" in demo.lines
    host = {"Host": f"acme.localhost:{demo.port}"}
    assert httpx.get(f"http://127.0.0.1:{demo.port}/sign-in/", headers=host).status_code == 200

    status, output = run(var, "demo")
    assert status == 1
    assert f"already runs from this folder at http://localhost:{demo.port}" in one_line(output)

    assert running_below(var)
    assert demo.end(signal.SIGINT) == 0
    assert running_below(var) == []


def test_a_signal_while_it_starts_leaves_no_process_behind(demo: Launched, var: Path) -> None:
    limit = time.monotonic() + 30
    while len(running_below(var)) < 3 and time.monotonic() < limit:
        time.sleep(0.01)
    assert demo.end(signal.SIGTERM) == 0
    assert running_below(var) == []


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_killed_launcher_takes_its_children_along_and_starts_again(demo: Launched, var: Path) -> None:
    demo.wait_for("Ctrl-C ends it.")
    demo.end(signal.SIGKILL)
    limit = time.monotonic() + 30
    while running_below(var) and time.monotonic() < limit:
        time.sleep(0.1)
    assert running_below(var) == []

    (var / "running.json").write_text("{}")
    again = launch(var, "demo", "--no-tour")
    again.wait_for("Ctrl-C ends it.")
    assert again.end(signal.SIGTERM) == 0
    assert running_below(var) == []


def test_a_taken_port(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, output = run(var, "demo", port=taken.getsockname()[1])
    assert status == 1
    assert "is taken by another program" in one_line(output)


def test_a_full_disk(tmp_path: Path) -> None:
    """A file system of 16 MB, where one can be mounted."""
    place = private_folder(tmp_path / "small")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        status, output = run(place, "demo")
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert status == 1
    assert f"The disk is full: {place} has" in one_line(output)
    assert str(ROOM_NEEDED // 1024 // 1024) in output


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("root.key", "is gone, and nothing opens without it"),
        ("postgres/password", "is damaged"),
        ("django.key", "is damaged"),
        ("demo.json", "is damaged"),
        ("log", "is a file, a folder is needed"),
    ],
)
def test_a_broken_var(var: Path, broken: str, told: str) -> None:
    place, kept = var / broken, var.parent / "kept"
    place.rename(kept)
    try:
        if broken != "root.key":
            place.write_text("broken\n")
        status, output = run(var, "demo", "--no-tour")
        assert status == 1
        assert told in one_line(output)
    finally:
        place.unlink(missing_ok=True)
        kept.rename(place)


def test_var_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    status, output = run(tmp_path / "var", "demo")
    assert status == 1
    assert "is a file, a folder is needed" in one_line(output)


def test_data_without_its_version(var: Path) -> None:
    from deploy.local.postgres import Postgres

    data = Postgres(var / "postgres").data
    (data / "PG_VERSION").rename(data / "PG_VERSION.kept")
    try:
        status, output = run(var, "demo", "--no-tour")
    finally:
        (data / "PG_VERSION.kept").rename(data / "PG_VERSION")
    assert status == 1
    assert "is broken (no PG_VERSION in it)" in one_line(output)


def test_secrets_are_for_their_owner_only(var: Path) -> None:
    secret = ["root.key", "django.key", "env", "demo.json", "postgres/password", "valkey/password"]
    assert [name for name in secret if (var / name).stat().st_mode & 0o077] == []
    words = {(var / name).read_text().strip() for name in ("postgres/password", "valkey/password")}
    logs = "".join(path.read_text(errors="replace") for path in (var / "log").iterdir())
    assert not [word for word in words if word in logs]
