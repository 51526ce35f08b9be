"""The face worker's side: takes a frame that still counts, has the machine's own pool look, answers sealed.

A face worker is a Celery worker for the queue `faces` alone, in threads: one process, one pool of engine
processes. It needs Valkey and the root key, and no table.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final

from celery.concurrency.thread import TaskPool
from celery.signals import celeryd_after_setup, worker_ready, worker_shutdown
from django.conf import settings

from biometrics.engine import wire
from biometrics.engine.codes import FaceRefused
from biometrics.engine.pool import Pool
from biometrics.house_pool import close_house_pool, house_pool
from biometrics.remote import words
from biometrics.remote.sealing import open_frame
from biometrics.remote.store import QUEUE, Away, Store, Worker
from vault.envelope import CannotOpen

log = logging.getLogger(__name__)
TELL_SECONDS: Final = 2.0


@lru_cache(maxsize=1)
def _store() -> Store:
    return Store(settings.VALKEY_URL)


def serve(frame: str) -> None:
    """Look at the frame under this id and answer; nothing where its deadline is over. Raises Away."""
    taken = _store().take_frame(frame)
    if taken is None:
        return
    until = time.monotonic() + taken[1]
    try:
        passage, plain = open_frame(taken[0], frame)
        data, want = wire.asked(plain)
    except (CannotOpen, wire.Malformed) as error:
        log.error("a frame cannot be opened, is this the house's root key? (%s)", type(error).__name__)
        return
    pool = house_pool()
    try:
        answer: wire.Answer = pool.look_now(data, want, deadline=until - time.monotonic())
    except FaceRefused as refused:
        answer = refused.code
    if time.monotonic() < until:
        _store().lay_answer(frame, passage.seal_answer(words.pack_answer(answer, pool.model), frame))


class Announcer:
    """Says every other second that this worker is there and how fast it is, once its pool is warm."""

    def __init__(self, store: Store, pool: Pool) -> None:
        self._store, self._pool, self._name = store, pool, secrets.token_hex(8)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faces-here", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Say that it leaves."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            if (model := self._pool.model) is not None:
                told = Worker(self._pool.lanes, self._pool.each, model)
                self._try(partial(self._store.announce, self._name, told))
            self._done.wait(TELL_SECONDS)
        self._try(partial(self._store.leave, self._name))

    def _try(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Away:
            log.warning("Valkey does not hear that this face worker is there")


_announcers: list[Announcer] = []


def refused_as(queues: set[str], pool: type) -> str:
    """Why no worker may be made of these queues and this kind of concurrency; empty where one may."""
    if QUEUE not in queues:
        return ""
    if queues != {QUEUE}:
        return f"give the queue {QUEUE} a worker of its own: -Q {QUEUE}"
    if not issubclass(pool, TaskPool):
        return "a face worker works in threads, its engine is in processes of its own: --pool threads"
    return ""


@celeryd_after_setup.connect
def check(instance: Any, **_: object) -> None:
    """A worker that takes frames is one that is made for it. Raises SystemExit."""
    wrong = refused_as(set(instance.app.amqp.queues.consume_from), instance.pool_cls)
    if wrong:
        raise SystemExit(wrong)


@worker_ready.connect
def begin(sender: Any, **_: object) -> None:
    """Warm the pool up and say so. Again after each loss of the broker: then all is there already."""
    if QUEUE in sender.app.amqp.queues.consume_from and not _announcers:
        announcer = Announcer(_store(), house_pool())
        _announcers.append(announcer)
        announcer.start()


@worker_shutdown.connect
def end(**_: object) -> None:
    """Leave, and end the engine processes."""
    while _announcers:
        _announcers.pop().stop()
        close_house_pool()
