"""The servers that the suite runs against: one PostgreSQL and one Valkey per run, a database pair per worker.

`reserve` only chooses addresses, so that settings can be read; `start` runs the servers at first need. Under
xdist the controller starts them for all its workers, who inherit the addresses.
"""

import atexit
import base64
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.files import private_folder, write_private
from deploy.local.postgres import Postgres
from deploy.local.processes import answers, free_port
from deploy.local.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE = "template_of_tests"
TEMPLATE_KEYS = "template_of_tests_keys"
DATABASE = f"test_{WORKER}"
KEYS = f"test_{WORKER}_keys"


def folder() -> Path:
    """The folder of this run."""
    return Path(os.environ["SALLYPORT_TEST_FOLDER"])


def postgres() -> Postgres:
    """The run's PostgreSQL as an object; it knows its address whoever started it."""
    return Postgres(
        folder() / "postgres", durable=False, port=int(os.environ["SALLYPORT_TEST_POSTGRES_PORT"])
    )


def valkey() -> Valkey:
    """The run's Valkey."""
    return Valkey(folder() / "valkey", port=int(os.environ["SALLYPORT_TEST_VALKEY_PORT"]))


def reserve() -> None:
    """Choose folder, ports and passwords, and put the addresses into the environment."""
    if "SALLYPORT_TEST_FOLDER" not in os.environ:
        home = private_folder(ROOT / "var" / f"test-{os.getpid()}")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["SALLYPORT_TEST_FOLDER"] = str(home)
        os.environ["SALLYPORT_TEST_POSTGRES_PORT"] = str(free_port())
        os.environ["SALLYPORT_TEST_VALKEY_PORT"] = str(free_port())
        write_private(home / "root.key", f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
    os.environ["SALLYPORT_VAR"] = str(folder())
    os.environ["SALLYPORT_ROOT_KEY_FILE"] = str(folder() / "root.key")
    os.environ["SALLYPORT_DATABASE_URL"] = postgres().url(DATABASE)
    os.environ["KEYS_DATABASE_URL"] = postgres().url(KEYS)
    # Valkey numbers its databases: workers do not see each other's keys, only each other's messages.
    os.environ["SALLYPORT_VALKEY_URL"] = valkey().url(_number_of(WORKER))


def start() -> tuple[Postgres, Valkey]:
    """Start both servers where they do not run yet; the process that calls this ends them."""
    database, store = postgres(), valkey()
    if answers(database.port):
        return database, store
    if WORKER != "main":
        raise RuntimeError("the controller has not started the servers")
    database.start()
    atexit.register(database.remove)
    store.start()
    atexit.register(store.stop)
    return database, store


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One worker at a time."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def live_broker() -> int:
    """The number in Valkey of this worker's live system: two that share one would take each other's tasks."""
    return 15 - _number_of(WORKER)


def _number_of(worker: str) -> int:
    return int(worker.removeprefix("gw")) % 7 + 1 if worker.startswith("gw") else 0
