"""Notes to Valkey: carried when it is there, and a dead one costs nobody anything."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from celery import current_app
from django.db import transaction

from deploy.local.valkey import Valkey
from ledger import hints
from ledger.services import record
from ledger.tasks import deliver
from tenants import context, live


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Iterator[hints._Carrier]:
    """A carrier of the test's own; what it has not carried by the end it forgets."""
    fresh = hints._Carrier()
    monkeypatch.setattr(hints, "_carrier", fresh)
    yield fresh
    with fresh._lock:
        fresh._dirty.clear()
        fresh._deliver.clear()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Companies for which a delivery was asked of Celery."""
    asked: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: asked.extend(args), raising=False)
    return asked


@pytest.fixture
def no_valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An address at which nothing listens."""
    dead = redis.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(hints, "_client", lambda: dead)
    yield
    dead.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline, "it does not come"
        threading.Event().wait(0.01)


def test_marks_are_carried_and_handed_out_once(
    valkey: Valkey, carrier: hints._Carrier, sent: list[int]
) -> None:
    hints.take_dirty()
    for company in (3, 4, 3):
        hints.mark_dirty(company)
    hints.ask_delivery(5)
    taken: set[int] = set()

    def both() -> bool:
        taken.update(hints.take_dirty())
        return taken == {3, 4}

    until(both)
    assert hints.take_dirty() == []
    until(lambda: sent == [5])


def test_the_newest_policy_is_told(carrier: hints._Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    held = threading.Event()

    def publish(*said: object) -> None:
        held.wait(10)
        told.append(said)

    monkeypatch.setattr(live, "publish", publish)
    hints.tell_policy(3, 1, 7)
    until(lambda: not carrier._policy)  # the first is on its way
    for seq in (9, 8):
        hints.tell_policy(3, 1, seq)
    held.set()
    until(lambda: len(told) == 2)
    assert told == [(3, "policy", {"epoch": 1, "seq": 7}), (3, "policy", {"epoch": 1, "seq": 9})]


def test_a_dead_valkey_neither_fails_nor_holds_up_a_deed(
    own_company: context.CompanyRef, carrier: hints._Carrier, no_valkey: None, sent: list[int]
) -> None:
    with context.enter(own_company), transaction.atomic():
        record(actor="system", verb="x")
    until(lambda: not carrier._dirty)
    assert hints.take_dirty() == []


def test_a_hanging_valkey_holds_up_nobody(carrier: hints._Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = threading.Event()

    def hang() -> None:
        stuck.wait(10)
        raise redis.ConnectionError

    monkeypatch.setattr(hints, "_client", hang)
    hints.mark_dirty(1)
    until(lambda: not carrier._dirty)
    started = time.perf_counter()
    for company in range(1000):
        hints.mark_dirty(company)
    assert time.perf_counter() - started < 0.5
    stuck.set()


def test_a_task_for_a_company_that_is_gone_does_nothing(db: None) -> None:
    deliver(10**6)
