"""The processes of one running Sallyport: what is started, with which environment."""

import http.client
import os
import signal
import ssl
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.failure import from_server
from deploy.local.files import private_folder
from deploy.local.processes import end, last_line, spawn, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
# A company that is locked by a long migration must not hold up the others. The worker's long jobs take their
# time for each statement; migrations and commands wait for everything.
OF_WEB = {
    "SALLYPORT_DATABASE_POOL": "6",
    "SALLYPORT_LOCK_TIMEOUT": "2000",
    "SALLYPORT_STATEMENT_TIMEOUT": "20000",
}
OF_WORKER = {"SALLYPORT_LOCK_TIMEOUT": "1000"}


@dataclass(frozen=True)
class Place:
    """Where a system serves: addresses and folders."""

    var: Path
    port: int
    scheme: str = "http"
    domain: str = "localhost"
    listen: str = "127.0.0.1"
    extra_hosts: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    settings: str = "config.settings.dev"

    def address(self, host: str | None = None) -> str:
        """The address of a host of this system, without a path."""
        default = 443 if self.scheme == "https" else 80
        port = "" if self.port == default else f":{self.port}"
        return f"{self.scheme}://{host or self.domain}{port}"


def environment(place: Place, *, database: str, keys: str, valkey: str, root_key: Path) -> dict[str, str]:
    """What every process of the system is told."""
    return {
        "DJANGO_SETTINGS_MODULE": place.settings,
        "SALLYPORT_DATABASE_URL": database,
        "KEYS_DATABASE_URL": keys,
        "SALLYPORT_VALKEY_URL": valkey,
        "SALLYPORT_ROOT_KEY_FILE": str(root_key),
        "SALLYPORT_SECRET_KEY_FILE": str(place.var / "django.key"),
        "SALLYPORT_BASE_DOMAIN": place.domain,
        "SALLYPORT_PUBLIC_PORT": str(place.port),
        "SALLYPORT_SCHEME": place.scheme,
        "SALLYPORT_EXTRA_HOSTS": ",".join(place.extra_hosts),
        "SALLYPORT_VAR": str(place.var),
        "SALLYPORT_DEMO": "1",
        "SALLYPORT_OUTBOX": str(place.var / "mail"),
        "SALLYPORT_ERASED_LIST": str(place.var / "erased-persons"),
    }


def inherited() -> dict[str, str]:
    """The part of our own environment that children need."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONWARNINGS")
    return {name: os.environ[name] for name in keep if name in os.environ}


@dataclass
class Service:
    """One child process that is kept running."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process."""
        self.process = spawn(self.command, log=self.log, env=self.env)

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, *, ending: int = signal.SIGTERM, seconds: float = 10) -> None:
        """End it and its children."""
        if self.process is not None:
            end(self.process, ending=ending, seconds=seconds)
            self.process = None


def web(place: Place, env: dict[str, str], *, workers: int = 2) -> Service:
    """The ASGI server: granian with uvloop."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"),
        *("--workers", str(workers), "--runtime-threads", "1", "--http", "1", "--no-access-log"),
        *("--host", place.listen, "--port", str(place.port), "--respawn-failed-workers"),
        *("--workers-kill-timeout", "5", "--working-dir", str(ROOT)),
    ]
    if place.certificate and place.key:
        command += ["--ssl-certificate", str(place.certificate), "--ssl-keyfile", str(place.key)]
        command += ["--ssl-protocol-min", "tls1.2"]
    command.append("config.asgi:application")
    told = {**inherited(), **env, **OF_WEB, "PYTHONPATH": str(ROOT)}
    return Service("web", command, told, _logs(place) / "web.log")


def worker(place: Place, env: dict[str, str]) -> Service:
    """The Celery worker with beat inside."""
    command = [
        *(sys.executable, "-m", "celery", "--app", "config", "--workdir", str(ROOT), "worker"),
        *("--queues", "celery", "--beat", "--concurrency", "2", "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
        *("--schedule", str(place.var / "beat-schedule")),
    ]
    told = {**inherited(), **env, **OF_WORKER, "PYTHONPATH": str(ROOT)}
    return Service("worker", command, told, _logs(place) / "worker.log")


def face_worker(place: Place, env: dict[str, str], *, lanes: int) -> Service:
    """A Celery worker for frames alone, with so many engine processes; on any machine that reaches Valkey."""
    command = [
        *(sys.executable, "-m", "celery", "--app", "config", "--workdir", str(ROOT), "worker"),
        *("--queues", "faces", "--pool", "threads", "--concurrency", str(lanes), "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle", "--hostname", "faces@%h"),
    ]
    told = {**inherited(), **env, "SALLYPORT_FACE_LANES": str(lanes), "PYTHONPATH": str(ROOT)}
    return Service("faces", command, told, _logs(place) / "faces.log")


def _logs(place: Place) -> Path:
    return private_folder(place.var / "log")


def healthy(place: Place) -> bool:
    """Whether the web process answers."""
    connection: http.client.HTTPConnection
    if place.scheme == "https":
        # The launcher asks its own process on this machine; what a phone sees is checked by the phone.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection("127.0.0.1", place.port, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": place.domain})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_healthy(place: Place, service: Service, *, seconds: float = 60) -> None:
    """Wait until the web process answers, or say what its log says."""
    if not wait_until(lambda: healthy(place), seconds=seconds, alive=service.alive):
        raise from_server(f"The web process does not answer (see {service.log})", last_line(service.log))


def wait_working(service: Service, *, seconds: float = 60) -> None:
    """Wait until the worker takes tasks, or say what its log says."""

    def ready() -> bool:
        return b" ready." in service.log.read_bytes()

    if not wait_until(ready, seconds=seconds, alive=service.alive):
        raise from_server(f"The worker does not start (see {service.log})", last_line(service.log))


def manage(env: dict[str, str], log: Path, *arguments: str) -> None:
    """Run a command of manage.py to its end; its output goes to `log`."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    with log.open("ab") as output:
        before = output.tell()
        done = subprocess.run(
            command, env={**inherited(), **env}, stdout=output, stderr=output, check=False, cwd=ROOT
        )
    if done.returncode:
        raise from_server(f"manage.py {arguments[0]} failed (see {log})", last_line(log, after=before))
