"""The launcher as a person starts it: a process of its own over a var/ of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 120
# POSIX counts the largest file in blocks of 512 bytes.
ULIMIT_UNIT = 512


@dataclass
class Launched:
    """One `python -m deploy.local`; `lines` are what it has printed so far."""

    process: subprocess.Popen[str]
    output: Path
    port: int

    @property
    def lines(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Until the launcher has printed `text`."""
        limit = time.monotonic() + seconds
        while text not in self.lines:
            assert self.process.poll() is None, f"it ended: {self.lines}"
            assert time.monotonic() < limit, f"{text!r} did not come: {self.lines}"
            time.sleep(0.05)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; the status."""
        self.process.send_signal(number)
        return self.process.wait(60)


def launch(
    var: Path,
    *arguments: str,
    port: int = 0,
    largest_file: int = 0,
    checkout: Path = ROOT,
    before: Sequence[str] = (),
    **env: str,
) -> Launched:
    """Start a checkout's launcher; nothing is waited for. `before` are words before the command."""
    chosen = port or free_port()
    output = var.parent / f"{var.name}-{time.monotonic_ns()}.out"
    command = [
        *before,
        sys.executable,
        "-m",
        "deploy.local",
        *arguments,
        "--var",
        str(var),
        "--port",
        str(chosen),
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SALLYPORT")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    if largest_file:
        command = ["/bin/sh", "-c", f'ulimit -f {largest_file // ULIMIT_UNIT} && exec "$@"', "sh", *command]
    with output.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=checkout,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            env={**clean, **env},
        )
    return Launched(process, output, chosen)


def run(var: Path, *arguments: str, port: int = 0, largest_file: int = 0) -> tuple[int, str]:
    """Start the launcher where it must end by itself; status and output."""
    started = launch(var, *arguments, port=port, largest_file=largest_file)
    try:
        return started.process.wait(PATIENCE_SECONDS), started.lines
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGKILL)


def running_below(var: Path) -> list[str]:
    """Command lines and environments of processes that have to do with this var/ (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if str(var).encode() in told and state != "Z":
            found.append(told.replace(b"\0", b" ").decode(errors="replace")[:200])
    return found


def remove(home: Path) -> None:
    """Remove what launchers have made below `home`, and the folders elsewhere that they link to."""
    for link in home.glob("**/elsewhere"):
        shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def one_line(output: str) -> str:
    """The output, which must be one line and no trace."""
    assert "Traceback" not in output
    lines = [line for line in output.splitlines() if line.strip()]
    assert len(lines) == 1, output
    assert lines[0].startswith("Sallyport: ")
    return lines[0]


def failure_line(output: str) -> str:
    """The last line of an output that told of progress before; the failure must be one line and no trace."""
    lines = [line for line in output.splitlines() if line.strip()]
    assert not [line for line in lines[:-1] if line.startswith(("Sallyport: ", "Traceback"))], output
    return one_line(lines[-1])
