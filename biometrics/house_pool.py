"""The pool of this web process, made when it is first asked for: without faces nothing is started."""

import threading

from django.conf import settings

from biometrics.engine.pool import Pool
from biometrics.watching import Looker

_lock = threading.Lock()
_pools: list[Pool] = []


def house_pool() -> Pool:
    """As the settings say; warm some seconds after the first call, and ended with this process."""
    with _lock:
        if not _pools:
            made = Pool(settings.FACE_ENGINE, lanes=settings.FACE_LANES, deadline=settings.FACE_DEADLINE_S)
            made.start()
            _pools.append(made)
        return _pools[0]


def house_looker() -> Looker:
    """Whoever looks at this house's frames."""
    return house_pool()


def close_house_pool() -> None:
    """End it, if there is one."""
    with _lock:
        while _pools:
            _pools.pop().close()
