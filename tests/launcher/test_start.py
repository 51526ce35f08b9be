"""`make demo` and its faults, as processes: started, stopped, started beside another, in broken places."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.launcher.launched import Launched, launch, one_line, run, running_below

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("launcher")]
QUICK_SECONDS = 10
MOST_CROWD = 2.0


def judge(took: float, crowd: float) -> None:
    """Whether a start was quick; `crowd` is how many processes wait for each core of this machine."""
    if took < QUICK_SECONDS * min(max(1.0, crowd), MOST_CROWD):
        return
    told = f"the second start took {took:.1f} s where {crowd:.1f} processes wait for each core"
    if crowd > MOST_CROWD:
        pytest.skip(f"NOT JUDGED: {told}; run it alone to see whether it stays below {QUICK_SECONDS} s")
    pytest.fail(told)


def test_the_crowd_excuses_so_much_and_no_more() -> None:
    judge(9.9, 0.1)
    judge(19.9, 2.5)
    for took, crowd in ((10.1, 0.1), (15.1, 1.5), (20.1, 2.0)):
        with pytest.raises(pytest.fail.Exception, match="second start took"):
            judge(took, crowd)
    with pytest.raises(pytest.skip.Exception, match="NOT JUDGED"):
        judge(20.1, 2.5)


def test_the_second_start_is_quick_serves_and_ends_whole(demo: Launched, var: Path) -> None:
    began = time.monotonic()
    demo.wait_for("Ctrl-C ends it.")
    took = time.monotonic() - began
    assert f"http://acme.localhost:{demo.port}/" in demo.lines
    host = {"Host": f"acme.localhost:{demo.port}"}
    assert httpx.get(f"http://127.0.0.1:{demo.port}/sign-in/", headers=host).status_code == 200

    status, output = run(var, "demo")
    assert status == 1
    assert f"already runs from this folder at http://localhost:{demo.port}" in one_line(output)

    assert running_below(var)
    assert demo.end(signal.SIGINT) == 0
    assert running_below(var) == []
    judge(took, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_a_signal_while_it_starts_leaves_no_process_behind(demo: Launched, var: Path) -> None:
    limit = time.monotonic() + 30
    while len(running_below(var)) < 3 and time.monotonic() < limit:
        time.sleep(0.01)
    assert demo.end(signal.SIGTERM) == 0
    assert running_below(var) == []


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_killed_launcher_takes_its_children_along_and_starts_again_without_ps(
    demo: Launched, var: Path, tmp_path: Path
) -> None:
    demo.wait_for("Ctrl-C ends it.")
    demo.end(signal.SIGKILL)
    limit = time.monotonic() + 30
    while running_below(var) and time.monotonic() < limit:
        time.sleep(0.1)
    assert running_below(var) == []

    assert (var / "valkey" / "server.pid").exists()
    (var / "running.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    again = launch(var, "demo", "--no-tour", PATH=str(tmp_path / "empty"))
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


def test_secrets_are_for_their_owner_only(var: Path) -> None:
    secret = [
        "root.key",
        "root.key.digest",
        "django.key",
        "env",
        "demo.json",
        "postgres/password",
        "valkey/password",
    ]
    assert [name for name in secret if (var / name).stat().st_mode & 0o077] == []
    words = {(var / name).read_text().strip() for name in ("postgres/password", "valkey/password")}
    logs = "".join(path.read_text(errors="replace") for path in (var / "log").iterdir())
    assert not [word for word in words if word in logs]
