"""A company that is locked is passed over: the others are sealed and their announcements delivered."""

import time
from collections.abc import Iterator
from threading import Timer

import psycopg
import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from ledger import hints
from ledger.models import Outbox, PendingBatch
from ledger.services import emit, record
from ledger.sweep import companies_with_work
from ledger.tasks import deliver, seal_marked, sweep
from tenants import context
from tenants.refs import CompanyRef
from tests import cast
from tests.scanning.crowd import lock_all
from tests.scanning.test_locked import database

LONGEST_SECONDS = 20.0  # after that the lock goes and what waited for it fails by its outcome


@pytest.fixture
def locked(own_company: CompanyRef, django_db_blocker: DjangoDbBlocker) -> Iterator[list[CompanyRef]]:
    """Two companies with work, older than the company of the test, whose tables are locked."""
    with django_db_blocker.unblock():
        made = [cast.sign_up_fresh() for _ in range(2)]
        refs = [company.ref() for company in made]
        for ref in [own_company, *refs]:
            work(ref)
        with psycopg.connect(database()) as migration:
            lock_all(migration, *(ref.schema for ref in refs))
            ending = Timer(LONGEST_SECONDS, migration.close)
            ending.start()
            yield refs
            ending.cancel()
            ending.join()
            migration.close()
        for company in made:
            cast.remove(company)


def work(company: CompanyRef) -> None:
    with context.enter(company), transaction.atomic():
        record(actor="system", verb="x")
        emit("nobody.listens", {})


def has_pending(company: CompanyRef) -> bool:
    with context.enter(company):
        return PendingBatch.objects.exists()


def test_the_sweep_passes_over_locked_companies(own_company: CompanyRef, locked: list[CompanyRef]) -> None:
    found = {company.id for company in companies_with_work()}
    assert own_company.id in found
    assert not found & {company.id for company in locked}
    sweep()
    assert not has_pending(own_company)


def test_marked_ones_are_sealed_and_locked_ones_marked_again(
    own_company: CompanyRef, locked: list[CompanyRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[int] = []
    ids = [company.id for company in locked]
    monkeypatch.setattr(hints, "take_dirty", lambda: [*ids, own_company.id])
    monkeypatch.setattr(hints, "mark_dirty", again.append)
    seal_marked()
    assert not has_pending(own_company)
    assert again == ids


def test_delivery_to_a_locked_company_ends_soon(own_company: CompanyRef, locked: list[CompanyRef]) -> None:
    begun = time.monotonic()
    deliver(locked[0].id)
    assert time.monotonic() - begun < LONGEST_SECONDS / 2
    deliver(own_company.id)
    with context.enter(own_company):
        assert Outbox.objects.filter(topic="nobody.listens", attempts=1).exists()
