"""Servers that an earlier life left behind, on machines with and without ps(1) and /proc."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.processes import end_stale, last_line

NAME = "left-behind-server"
CODE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the name of a server, and its pid file."""
    # Whoever runs the suite in the background of a shell ignores SIGINT; servers that we start do not.
    command = [sys.executable, "-c", CODE, NAME]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (tmp_path / "pid").write_text(f"{process.pid}\n")
        yield process
        if process.poll() is None:
            process.kill()


@pytest.fixture
def no_ps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PATH that leads to nothing."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def no_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine whose kernel shows no processes as files."""
    monkeypatch.setattr(processes, "PROC", tmp_path / "proc")


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ends within seconds."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        return False
    return True


linux = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc here: ps(1) alone tells")


@linux
def test_a_server_of_an_earlier_life_is_ended_without_ps(
    no_ps: None, left_behind: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    end_stale(tmp_path / "pid", NAME)
    assert ended(left_behind)


def test_a_server_of_an_earlier_life_is_ended_without_proc(
    no_proc: None, left_behind: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    end_stale(tmp_path / "pid", NAME)
    assert ended(left_behind)


def test_where_nothing_tells_of_processes_none_is_ended(
    no_ps: None, no_proc: None, left_behind: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    end_stale(tmp_path / "pid", NAME)
    assert left_behind.poll() is None


def test_a_number_that_went_to_another_program_is_left_alone(
    left_behind: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    end_stale(tmp_path / "pid", "valkey-server")
    assert left_behind.poll() is None


@pytest.mark.parametrize("content", ["", "broken", "999999999\n", "\udcff"])
def test_a_pid_file_that_leads_nowhere(no_ps: None, tmp_path: Path, content: str) -> None:
    (tmp_path / "pid").write_bytes(os.fsencode(content))
    end_stale(tmp_path / "pid", NAME)


def test_the_reason_is_looked_for_in_this_runs_lines_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("ValueError: of another day\n")
    before = log.stat().st_size
    with log.open("a") as file:
        file.write("killed\n")
    assert last_line(log) == "ValueError: of another day"
    assert last_line(log, after=before) == "killed"
