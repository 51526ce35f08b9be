"""Which companies have something to work off, told best effort: Valkey may be dead, slow or empty.

A request or a scan only puts a note down; a thread of the process carries the notes out. What is lost here is
found by the sweep, since the rows themselves are the truth.
"""

import logging
import os
import threading
import time
from functools import lru_cache

import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from ledger.signals import POLICY
from tenants import live

log = logging.getLogger(__name__)

DELIVER_TASK = "ledger.deliver"
DIRTY = "0:ledger:dirty"
GATHER_SECONDS = 0.05
PATIENCE_SECONDS = 1.0
MOST_NOTES = 10_000


@lru_cache(maxsize=1)
def _client() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.VALKEY_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        decode_responses=True,
    )


def take_dirty(most: int = 1000) -> list[int]:
    """Ids of companies that were marked since; each is handed out once. Empty when Valkey is gone."""
    try:
        return [int(found) for found in _client().spop(DIRTY, most) or []]
    except redis.RedisError:
        log.warning("the marks of changed companies cannot be read; the sweep will find them")
        return []


class _Carrier:
    """One thread per process carries the notes: policy at once, the rest gathered for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._pid = 0
        self._dirty: set[int] = set()
        self._deliver: set[int] = set()
        self._policy: dict[int, tuple[int, int]] = {}
        self._due = 0.0

    def note_policy(self, company: int, number: tuple[int, int]) -> None:
        with self._lock:
            self._policy[company] = max(self._policy.get(company, number), number)
        self._call()

    def note(self, notes: set[int], company: int) -> None:
        with self._lock:
            if company in notes or len(notes) >= MOST_NOTES:
                return
            if not self._dirty and not self._deliver:
                self._due = time.monotonic() + GATHER_SECONDS
            notes.add(company)
        self._call()

    def _call(self) -> None:
        if self._pid != os.getpid():  # a forked worker inherits the notes but not the thread
            with self._lock:
                if self._pid != os.getpid():
                    self._pid, self._wake = os.getpid(), threading.Event()
                    threading.Thread(target=self._run, name="ledger-hints", daemon=True).start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            rest = self._dirty or self._deliver
            self._wake.wait(max(0.0, self._due - time.monotonic()) if rest else None)
            self._wake.clear()
            self._carry_policy()
            if time.monotonic() >= self._due:
                self._carry_rest()

    def _carry_policy(self) -> None:
        with self._lock:
            policy, self._policy = self._policy, {}
        for company, (epoch, seq) in policy.items():
            live.publish(company, POLICY, {"epoch": epoch, "seq": seq})

    def _carry_rest(self) -> None:
        with self._lock:
            dirty, deliver = set(self._dirty), set(self._deliver)
            self._dirty.clear()
            self._deliver.clear()
        try:
            if dirty:
                _client().sadd(DIRTY, *dirty)
            for company in deliver:
                current_app.send_task(DELIVER_TASK, args=[company], retry=False)
        except (redis.RedisError, OperationalError, OSError):
            log.warning("Valkey is away: %d marks are left to the sweep", len(dirty | deliver))
        except Exception:
            log.exception("%d marks are left to the sweep", len(dirty | deliver))  # the thread must go on


_carrier = _Carrier()


def mark_dirty(company_id: int) -> None:
    """Say that the company has something to seal. Costs a microsecond, never waits, never raises."""
    _carrier.note(_carrier._dirty, company_id)


def ask_delivery(company_id: int) -> None:
    """Say that the company's outbox has something. Never waits, never raises."""
    _carrier.note(_carrier._deliver, company_id)


def tell_policy(company_id: int, epoch: int, seq: int) -> None:
    """Tell every process that the policy stands at this number. Never waits, never raises."""
    _carrier.note_policy(company_id, (epoch, seq))
