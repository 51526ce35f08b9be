"""The sealer: one at a time, no gap, nothing where nothing changed."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction

from ledger import sealing
from ledger.models import Checkpoint, PendingBatch, SealedBatch
from ledger.sealing import checkpoint_bytes, seal
from ledger.services import record
from ledger.sweep import companies_with_work
from ledger.tasks import seal_marked, sweep
from ledger.verify import verify
from sallyport.keys import Ed25519Public
from tenants import context, live
from tests.ledger.conftest import Raw
from vault.selectors import public_keys

NOW = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)


def deed() -> None:
    with transaction.atomic():
        record(actor="system", verb="x")


def test_nothing_pending_nothing_sealed(in_acme: context.CompanyRef) -> None:
    seal(in_acme)
    before = Checkpoint.objects.count()
    assert seal(in_acme) == []
    assert Checkpoint.objects.count() == before


def test_checkpoints_link_and_positions_have_no_gap(in_acme: context.CompanyRef) -> None:
    for _ in range(3):
        deed()
        deed()
        seal(in_acme, now=NOW)
    assert not PendingBatch.objects.exists()
    rows = list(Checkpoint.objects.order_by("number"))
    for before, after in pairwise(rows):
        assert after.number == before.number + 1
        assert bytes(after.previous_hash) == bytes(before.hash)
        assert after.first_position == before.last_position + 1
    positions = list(SealedBatch.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, rows[-1].last_position + 1))


def test_the_signature_is_the_companys(in_acme: context.CompanyRef) -> None:
    deed()
    seal(in_acme)
    row = Checkpoint.objects.latest("number")
    key = public_keys()["checkpoint"][0]
    assert row.signer == key.hex()
    Ed25519Public(key).verify(checkpoint_bytes(in_acme.uid, row), bytes(row.signature))


def test_time_does_not_run_backwards(in_acme: context.CompanyRef) -> None:
    deed()
    seal(in_acme, now=NOW + timedelta(days=365))
    deed()
    seal(in_acme, now=NOW)
    first, second = Checkpoint.objects.order_by("-number")[:2]
    assert first.at == second.at
    assert first.at.microsecond == 0


def test_more_than_fits_makes_more_checkpoints(
    in_acme: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(in_acme)
    monkeypatch.setattr(sealing, "MOST_BATCHES", 2)
    for _ in range(5):
        deed()
    assert len(seal(in_acme)) == 3
    assert not PendingBatch.objects.exists()


def test_a_second_sealer_leaves_at_once(own_company: context.CompanyRef, raw: Callable[[], Raw]) -> None:
    other = raw()
    other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [sealing.SEALER_LOCK, own_company.id])
    with context.enter(own_company):
        deed()
        assert seal(own_company) == []
        assert PendingBatch.objects.exists()
        other.rollback()
        assert len(seal(own_company)) == 1


def test_many_sealers_and_writers_make_one_chain(own_company: context.CompanyRef) -> None:
    def work(function: Callable[[], object]) -> None:
        try:
            with context.enter(own_company):
                for _ in range(8):
                    function()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[deed]) for _ in range(2)]
    threads += [threading.Thread(target=work, args=[lambda: seal(own_company)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    seal(own_company)
    report = verify(own_company)
    assert report.ok, report.findings
    assert report.pending == 0
    assert report.rows["deed"] >= 16


def test_a_checkpoint_is_told(in_acme: context.CompanyRef, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(live, "publish", lambda *said: told.append(said))
    deed()
    (number,) = seal(in_acme)
    assert told == [(in_acme.id, "checkpoint", {"number": number})]


def test_the_sweep_visits_only_who_has_work(
    own_company: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep()
    assert own_company.id not in [company.id for company in companies_with_work()]
    with context.enter(own_company):
        deed()
    assert own_company.id in [company.id for company in companies_with_work()]
    sweep()
    with context.enter(own_company):
        assert not PendingBatch.objects.exists()


def test_marked_companies_are_sealed(
    own_company: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.enter(own_company):
        deed()
    monkeypatch.setattr("ledger.hints.take_dirty", lambda: [own_company.id, 10**6])
    seal_marked()
    with context.enter(own_company):
        assert not PendingBatch.objects.exists()
