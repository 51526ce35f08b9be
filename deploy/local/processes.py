"""Child processes: their start, their end, and finding those of an earlier life."""

import contextlib
import ctypes
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import LaunchError

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
ERROR_LINE = re.compile(r"[\w.]*(Error|Exception|ImproperlyConfigured)\b.*:|.*(FATAL|PANIC|Fatal)")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user that a server runs as, when it must not be root."""

    uid: int
    gid: int


def _dies_with_parent(ending: int) -> Callable[[], None] | None:
    """Linux: even after kill -9 of this process its children get `ending` (prctl(2), PR_SET_PDEATHSIG)."""
    if _libc is None:
        return None
    prctl = _libc.prctl

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, ending)

    return arm


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    ending: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, so that Ctrl-C reaches us alone and we end in good order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(env),
            cwd=None if account is None else "/",
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            start_new_session=True,
            preexec_fn=_dies_with_parent(ending),  # noqa: PLW1509
        )


def end(process: subprocess.Popen[bytes], *, ending: int = signal.SIGTERM, seconds: float = 15) -> None:
    """Ask a child to end, and make its whole group end when it does not."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require_port(port: int, host: str = "127.0.0.1") -> None:
    """Raise when somebody else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise LaunchError(f"Port {port} needs root: choose another with PORT=8080.") from None
        except OSError:
            raise LaunchError(
                f"Port {port} is taken by another program: stop it, or choose another with PORT=8080."
            ) from None


def wait_until(ready: Callable[[], bool], *, seconds: float, alive: Callable[[], bool]) -> bool:
    """Poll `ready` until it holds; give up when time is over or the process is gone."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return True
        if not alive():
            return False
        time.sleep(0.05)
    return False


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def end_stale(pid_file: Path, name: str) -> None:
    """End a server that an earlier life left behind: the pid in `pid_file`, if it still runs `name`."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if not _runs(pid, name):
        return
    try:
        os.kill(pid, signal.SIGINT)
    except ProcessLookupError:
        return
    except PermissionError:
        # Our servers run as this user or below root: the number has gone to a process of somebody else.
        return
    if not wait_until(lambda: not _runs(pid, name), seconds=20, alive=lambda: True):
        raise LaunchError(f"An earlier {name} (process {pid}) does not end: stop it and start again.")


def _runs(pid: int, name: str) -> bool:
    """Whether the process `pid` is alive and is the program `name`."""
    state, command = _told_by_proc(pid) if (PROC / "self" / "stat").exists() else _told_by_ps(pid)
    return name in command and not state.startswith(("Z", "X"))


def _told_by_proc(pid: int) -> tuple[str, str]:
    """State and command line of a process as Linux shows them (proc(5)); empty when there is none."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return "", ""
    # The name of the program is in parentheses and may hold some itself.
    return stat.rpartition(")")[2].strip(), command.replace(b"\0", b" ").decode(errors="replace")


def _told_by_ps(pid: int) -> tuple[str, str]:
    """The same from ps(1) where there is no /proc; a machine with neither cannot tell: nothing is ended."""
    try:
        told = subprocess.run(
            ["ps", "-ww", "-o", "stat=", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
    except FileNotFoundError:
        return "", ""
    state, _, command = told.strip().partition(" ")
    return state, command


def last_line(log: Path, *, after: int = 0) -> str:
    """The line of a log, from byte `after` on, that says what went wrong: its last error, else the last."""
    with contextlib.suppress(OSError):
        told = log.read_bytes()[after:].decode(errors="replace")
        lines = [line.strip() for line in told.splitlines() if line.strip()]
        errors = [line for line in lines if ERROR_LINE.match(line)]
        if lines:
            return (errors or lines)[-1][:200]
    return "nothing in its log"
