"""Servers for the bench of scans: durable PostgreSQL, Valkey, and granian with one worker per candidate."""

import atexit
import base64
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import proc
from deploy.local.files import private_folder, write_private
from deploy.local.postgres import Postgres
from deploy.local.processes import answers, end, free_port, spawn, wait_until
from deploy.local.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Candidate:
    """One server under test."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"

    def pids(self) -> list[int]:
        """Its processes."""
        return proc.children(self.process.pid)

    def busiest(self) -> tuple[int, int]:
        """The process and thread that have worked most: the worker's event loop."""
        ran = {(pid, tid): seconds[0] for pid in self.pids() for tid, seconds in proc.threads(pid).items()}
        return max(ran, key=lambda key: ran[key])

    def loop_time(self, thread: tuple[int, int]) -> tuple[float, float]:
        """Seconds that this thread ran, and was ready but had to wait for a processor."""
        return proc.threads(thread[0]).get(thread[1], (0.0, 0.0))


class Stage:
    """Everything that runs beside the load generator; gone at exit."""

    def __init__(self, name: str) -> None:
        self.home = private_folder(ROOT / "var" / f"bench-{name}-{os.getpid()}")
        atexit.register(shutil.rmtree, self.home, ignore_errors=True)
        self.postgres = Postgres(self.home / "postgres")
        self.postgres.start()
        atexit.register(self.postgres.remove)
        self.valkey = Valkey(self.home / "valkey")
        self.valkey.start()
        atexit.register(self.valkey.stop)
        for database in ("sallyport", "sallyport_keys"):
            self.postgres.create_database(database)
        write_private(self.home / "root.key", f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        write_private(self.home / "django.key", secrets.token_urlsafe(50))
        self.env = {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "SALLYPORT_DATABASE_URL": self.postgres.url("sallyport"),
            "KEYS_DATABASE_URL": self.postgres.url("sallyport_keys"),
            "SALLYPORT_VALKEY_URL": self.valkey.url(0),
            "SALLYPORT_ROOT_KEY_FILE": str(self.home / "root.key"),
            "SALLYPORT_SECRET_KEY_FILE": str(self.home / "django.key"),
            "SALLYPORT_BASE_DOMAIN": "localhost",
            "SALLYPORT_VAR": str(self.home),
        }
        os.environ.update(self.env)

    def execute(self, statement: str) -> None:
        """Run one statement in the main database."""
        with psycopg.connect(self.postgres.url("sallyport"), autocommit=True) as connection:
            connection.execute(statement)

    def serve(self, name: str, target: str, **env: str) -> Candidate:
        """Start granian with one worker and wait until it listens; a WSGI target is served by threads."""
        port = free_port()
        threads = ["--interface", "wsgi", "--blocking-threads", "4"]
        loop = ["--interface", "asgi", "--loop", "uvloop"]
        command = [sys.executable, "-m", "granian", *(threads if "wsgi" in target else loop)]
        command += ["--workers", "1"]
        command += ["--runtime-threads", "1", "--http", "1", "--no-access-log", "--log-level", "warning"]
        command += ["--host", "127.0.0.1", "--port", str(port), target]
        if target.endswith(":make"):
            command.append("--factory")
        whole = {**os.environ, **self.env, "PYTHONPATH": str(ROOT), "SALLYPORT_DATABASE_POOL": "6", **env}
        process = spawn(command, log=self.home / f"{name}.log", env=whole)
        atexit.register(end, process, ending=signal.SIGTERM, seconds=5)
        if not wait_until(lambda: answers(port), seconds=60, alive=lambda: process.poll() is None):
            raise SystemExit((self.home / f"{name}.log").read_text())
        return Candidate(name, port, process)

    def database_cpu(self) -> float:
        """Seconds on a processor of PostgreSQL, ended backends included."""
        postmaster = self.postgres.process
        assert postmaster is not None
        return proc.cpu(proc.children(postmaster.pid)) + proc.reaped(postmaster.pid)


@dataclass
class Cost:
    """What a stretch of work cost."""

    seconds: float
    server: float
    database: float
    busy: float  # share of the time in which the worker ran, or its loop was ready to run

    @property
    def cpu(self) -> float:
        """Seconds of server and PostgreSQL."""
        return self.server + self.database


def metered(stage: Stage, candidate: Candidate) -> Callable[[], Cost]:
    """Begin to measure; the returned function ends it."""
    pids = candidate.pids()
    thread = candidate.busiest()
    begun, server, database = time.perf_counter(), proc.cpu(pids), stage.database_cpu()
    ran, waited = candidate.loop_time(thread)

    def stop() -> Cost:
        seconds = time.perf_counter() - begun
        now_ran, now_waited = candidate.loop_time(thread)
        spent = proc.cpu(pids) - server
        # Threads share one lock: together they are busy when they fill one processor.
        busy = max((now_ran - ran + now_waited - waited) / seconds, spent / seconds)
        return Cost(seconds, spent, stage.database_cpu() - database, busy)

    return stop
