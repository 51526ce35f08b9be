"""A face worker of this run: a real Celery worker beside the suite's Valkey, and without any database."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from biometrics.remote.asking import Remote
from deploy.local import stack
from deploy.local.files import private_folder, secret
from deploy.local.processes import free_port
from tests import servers

SOON = 60.0  # seconds, as in test_pool
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def until(holds: Callable[[], object]) -> None:
    """Wait for it."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


@dataclass
class Faces:
    """A worker, and who asks it."""

    worker: stack.Service
    remote: Remote

    @property
    def pid(self) -> int:
        assert self.worker.process is not None
        return self.worker.process.pid

    def log(self) -> str:
        return self.worker.log.read_text()

    def close(self) -> None:
        self.worker.stop()
        self.remote.close()


def started() -> Faces:
    """One lane, warm."""
    servers.start()
    place = stack.Place(
        var=private_folder(servers.folder() / f"faces-{secrets.token_hex(4)}"), port=free_port()
    )
    secret(place.var / "django.key")
    env = stack.environment(
        place,
        database=NOWHERE,
        keys=NOWHERE,
        valkey=settings.VALKEY_URL,
        root_key=servers.folder() / "root.key",
    )
    env["SALLYPORT_FACE_DEADLINE_MS"] = "60000"
    made = Faces(stack.face_worker(place, env, lanes=1), Remote(settings.VALKEY_URL, deadline=SOON))
    made.worker.start()
    try:
        stack.wait_working(made.worker)
        until(lambda: made.remote.model is not None)
    except BaseException:
        made.close()
        raise
    return made
