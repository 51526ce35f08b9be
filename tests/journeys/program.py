"""A reader program at the door, a process of its own: it pairs by a short code; codes are lines of a file."""

import json
import os
import subprocess
import sys
from pathlib import Path

from deploy.local.processes import wait_until
from tests.fixtures.live import Live

ROOT = Path(__file__).resolve().parent.parent.parent
# Browsers find *.localhost by themselves, programs ask the machine, which may not.
NAMES = """
import socket
find = socket.getaddrinfo
def found(host, *more, **named):
    name = host.decode() if isinstance(host, bytes) else str(host)
    return find("127.0.0.1" if name.endswith(".localhost") else host, *more, **named)
socket.getaddrinfo = found
"""


class Program:
    """`state` holds its files: key, journal, bundle. `door` is written at each opening."""

    def __init__(self, live: Live, word: str, home: Path) -> None:
        self.live, self.word, self.home = live, word, home
        self.state, self.codes, self.door = home / "state", home / "codes", home / "door.log"
        self.log = home / "reader.log"
        (home / "names").mkdir(parents=True)
        (home / "names" / "sitecustomize.py").write_text(NAMES)
        self.codes.touch()
        self._child: subprocess.Popen[bytes] | None = None

    def _run(self, *deed: str) -> list[str]:
        return [sys.executable, "-m", "edge.cli", "--state", str(self.state), *deed]

    @property
    def _env(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.home / "names")}

    def pair(self, code: str) -> None:
        deed = self._run("pair", self.live.address(self.word), code)
        subprocess.run(deed, cwd=ROOT, env=self._env, check=True, capture_output=True, timeout=60)

    def start(self) -> None:
        with self.log.open("ab") as log:
            deed = self._run("run", "--codes", str(self.codes), "--door", str(self.door))
            self._child = subprocess.Popen(deed, cwd=ROOT, env=self._env, stdout=log, stderr=log)
        assert wait_until(self.asking, seconds=60, alive=self.alive), self.log.read_text()[-2000:]

    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def asking(self) -> bool:
        """Whether it runs and the server answers it."""
        deed = self._run("status", "--json")
        told = subprocess.run(deed, cwd=ROOT, env=self._env, check=False, capture_output=True, timeout=60)
        return told.returncode == 0 and bool(json.loads(told.stdout).get("asking"))

    def show(self, code: str) -> None:
        with self.codes.open("a") as file:
            file.write(f"{code}\n")

    def openings(self) -> int:
        return len(self.door.read_text().splitlines()) if self.door.exists() else 0

    def files(self) -> bytes:
        """All that lies in its folder, and its log."""
        paths = [path for path in sorted(self.state.rglob("*")) if path.is_file()]
        return b"\n".join(path.read_bytes() for path in [*paths, self.log])

    def stop(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            self._child.wait(30)
