"""Who looks at frames for this process, made when first asked for: without faces nothing is started."""

import threading

from django.conf import settings

from biometrics.engine.interface import Model
from biometrics.engine.pool import Pool
from biometrics.remote.asking import Remote
from biometrics.watching import Looker

_lock = threading.Lock()
_pools: list[Pool] = []
_remotes: list[Remote] = []


def house_looker() -> Looker:
    """This process's own pool, or face workers on other machines, as the settings say."""
    if settings.FACE_WORKERS != "celery":
        return house_pool()
    with _lock:
        if not _remotes:
            _remotes.append(Remote(settings.VALKEY_URL, deadline=settings.FACE_DEADLINE_S))
        return _remotes[0]


def house_pool() -> Pool:
    """As the settings say; warm some seconds after the first call, and ended with this process."""
    with _lock:
        if not _pools:
            made = Pool(settings.FACE_ENGINE, lanes=settings.FACE_LANES, deadline=settings.FACE_DEADLINE_S)
            made.start()
            _pools.append(made)
        return _pools[0]


def model_now() -> Model | None:
    """By which model this process looks, where it does already: nothing is started for the question."""
    with _lock:
        looks: list[Looker] = [*_pools, *_remotes]
    return looks[0].model if looks else None


def close_house_pool() -> None:
    """End whatever there is of both."""
    with _lock:
        while _pools:
            _pools.pop().close()
        while _remotes:
            _remotes.pop().close()
