"""Brings a whole system up in the right order, keeps it up, and takes it down again."""

import hashlib
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import rootkey, stack
from deploy.local.failure import LaunchError, require_room
from deploy.local.files import private_folder, secret, write_env, write_private
from deploy.local.postgres import Postgres
from deploy.local.processes import require_port
from deploy.local.valkey import Valkey

DATABASE = "sallyport"
KEYS = "keys"
MOST_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60
Say = Callable[[str], None]


@dataclass
class System:
    """Servers and processes over one var/ folder."""

    place: stack.Place
    say: Say
    env: dict[str, str] = field(default_factory=dict)
    services: list[stack.Service] = field(default_factory=list)
    ended: ExitStack = field(default_factory=ExitStack, repr=False)

    def up(self) -> None:
        """Start everything; when it returns the web process answers."""
        var = self.place.var
        require_room(var)
        require_port(self.place.port, self.place.listen)
        root_key = rootkey.ensure(var)
        secret(var / "django.key")
        self.postgres, self.valkey = Postgres(var / "postgres"), Valkey(var / "valkey")
        require_room(self.postgres.home)
        self._start_servers()
        self.env = stack.environment(
            self.place,
            database=self.postgres.url(DATABASE),
            keys=self.postgres.url(KEYS),
            valkey=self.valkey.url(),
            root_key=root_key,
        )
        write_env(var / "env", self.env)
        self._migrate()
        # Before anything is served: the databases may be of a backup.
        self.manage("replay_erasures")
        web, worker = stack.web(self.place, self.env), stack.worker(self.place, self.env)
        for service in (worker, web):
            service.log.unlink(missing_ok=True)
            self.ended.callback(service.stop)
            service.start()
            self.services.append(service)
        stack.wait_healthy(self.place, web)
        stack.wait_working(worker)

    def down(self) -> None:
        """End everything that `up` started, the last first."""
        self.ended.close()

    def watch(self) -> None:
        """Keep the processes running until a signal ends this one; give up on one that keeps dying."""
        deaths: list[float] = []
        while True:
            time.sleep(0.5)
            for name, alive, start in self._watched():
                if alive():
                    continue
                now = time.monotonic()
                deaths = [*(at for at in deaths if now - at < RESTART_WINDOW_SECONDS), now]
                if len(deaths) > MOST_RESTARTS:
                    raise LaunchError(f"{name} keeps ending: see {self.place.var / 'log'}.")
                self.say(f"{name} has ended and is started again.")
                start()

    def manage(self, *arguments: str) -> None:
        """Run a command of manage.py."""
        stack.manage(self.env, self.place.var / "log" / "manage.log", *arguments)

    def _start_servers(self) -> None:
        self.ended.callback(self.postgres.stop)
        self.postgres.start()
        self.ended.callback(self.valkey.stop)
        self.valkey.start()
        for name in (DATABASE, KEYS):
            self.postgres.create_database(name)

    def _watched(self) -> list[tuple[str, Callable[[], bool], Callable[[], None]]]:
        servers: list[tuple[str, Callable[[], bool], Callable[[], None]]] = [
            ("PostgreSQL", self.postgres.alive, self.postgres.start),
            ("Valkey", self.valkey.alive, self.valkey.start),
        ]
        return servers + [(service.name, service.alive, service.start) for service in self.services]

    def _migrate(self) -> None:
        """Bring the databases to the state of this code, unless that was done for this very code."""
        private_folder(self.place.var / "log")
        stamp = self.place.var / "migrated"
        wanted = fingerprint(stack.ROOT)
        if stamp.exists() and stamp.read_bytes() == wanted.encode():
            return
        self.say("Preparing the databases …")
        self.manage("migrate_companies")
        write_private(stamp, wanted)


def fingerprint(root: Path) -> str:
    """A digest of all migrations and of the SQL they load."""
    digest = hashlib.sha256()
    files = [*root.glob("*/migrations/*.py"), *root.glob("*/*/migrations/*.py"), *root.glob("*/sql/*.sql")]
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
