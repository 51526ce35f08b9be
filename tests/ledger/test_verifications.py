"""A verification that is handed out twice runs once."""

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from celery.exceptions import Retry
from django.db import connections

from ledger import tasks, verifications
from ledger.models import Verification
from ledger.verify import Report
from ledger.verify import verify as really_verify
from tenants import context


@pytest.fixture
def asked(own_company: context.CompanyRef) -> UUID:
    """A verification that waits for a worker."""
    with context.enter(own_company):
        made: UUID = verifications.ask_verification(by="operator:1").pk
    return made


def verdict(company: context.CompanyRef, pk: UUID) -> bool | None:
    with context.enter(company):
        return Verification.objects.get(pk=pk).holds


class Worker(threading.Thread):
    """Runs the verification and stays in the middle of it until it is let go."""

    def __init__(self, company: context.CompanyRef, pk: UUID) -> None:
        super().__init__()
        self.company, self.pk = company, pk
        self.begun, self.go = threading.Event(), threading.Event()
        self.runs = 0

    def verify(self, company: context.CompanyRef, **options: object) -> Report:
        self.runs += 1
        self.begun.set()
        assert self.go.wait(30)
        return really_verify(company)

    def run(self) -> None:
        try:
            verifications.run_verification(self.company, self.pk)
        finally:
            connections.close_all()


@pytest.fixture
def worker(own_company: context.CompanyRef, asked: UUID, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    made = Worker(own_company, asked)
    monkeypatch.setattr(verifications, "verify", made.verify)
    made.start()
    assert made.begun.wait(30)
    yield made
    made.go.set()
    made.join(30)


def test_a_second_worker_comes_back_later(
    own_company: context.CompanyRef, asked: UUID, worker: Worker
) -> None:
    assert verifications.run_verification(own_company, asked) is False
    with pytest.raises(Retry):
        tasks.verify(own_company.id, str(asked))
    assert verdict(own_company, asked) is None
    worker.go.set()
    worker.join(30)
    assert verdict(own_company, asked) is True
    tasks.verify(own_company.id, str(asked))
    assert worker.runs == 1


def test_another_company_does_not_wait(own_company: context.CompanyRef, worker: Worker) -> None:
    with context.leave(), verifications._alone(own_company) as here:
        assert not here
    elsewhere = context.CompanyRef(own_company.id + 1, own_company.uid, own_company.schema, "", "")
    with context.leave(), verifications._alone(elsewhere) as there:
        assert there


def test_a_worker_that_fails_leaves_it_to_the_next(
    own_company: context.CompanyRef, asked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> Report:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(verifications, "verify", fail)
        with pytest.raises(ZeroDivisionError):
            tasks.verify(own_company.id, str(asked))
    assert in_thread(lambda: verifications.run_verification(own_company, asked)) is True
    assert verdict(own_company, asked) is True


def in_thread(work: Callable[[], bool]) -> bool:
    """Run it on a connection of its own: a session never waits for itself."""
    done: list[bool] = []

    def inside() -> None:
        try:
            done.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join(30)
    return done[0]
