"""A night beside other work: rows that somebody holds, a second worker, a worker that is killed."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connections, transaction

from access.models import AccessEvent
from access.services import replay_decisions
from bench.retention_stage import DAYS, lay_record
from compliance.models import RetentionRun
from compliance.services import retaining
from compliance.services.retaining import RUN_LOCK, begin_night, carry_on
from ledger.models import LedgerEntry, Outbox, PrunedLeaf
from ledger.sealing import seal
from ledger.verify import verify
from readers.scanning.setup import conninfo
from tenants import context, keeping, patience
from tenants.context import CompanyRef
from tenants.keeping import Cutoffs, Kind, Proposer, Spared

EVENTS = 3_000
LATE = Cutoffs(datetime(2100, 1, 1, tzinfo=UTC))


@contextmanager
def somebody_else(company: CompanyRef) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Another session, in the company's schema."""
    with psycopg.connect(conninfo(settings.DATABASES["default"])) as made:
        made.execute(f"SET search_path TO {company.schema}, public")
        yield made


def forget_announcements() -> int:
    keeper = keeping.kinds["announcements"].keeper
    assert not isinstance(keeper, Proposer)
    return keeper.delete(LATE, Spared(), 1000)


def test_a_row_that_somebody_holds_is_left_and_nobody_waits(own_company: CompanyRef) -> None:
    with context.enter(own_company):
        with transaction.atomic():
            Outbox.objects.all().delete()
            for _ in range(3):
                Outbox.objects.create(topic="test", done=datetime.now(UTC))
        with somebody_else(own_company) as other:
            other.execute("SELECT 1 FROM ledger_outbox LIMIT 1 FOR UPDATE")
            assert forget_announcements() == 2
        assert forget_announcements() == 1  # the control: nobody holds it any more


def test_one_night_has_one_worker(own_company: CompanyRef) -> None:
    with context.enter(own_company), somebody_else(own_company) as other:
        lay_record(own_company.id, 20)
        run = begin_night(datetime.now(UTC))
        other.execute("SELECT pg_advisory_lock(%s, %s)", [RUN_LOCK, own_company.id])
        assert carry_on(run, seconds=60)  # the other one sees to it
        assert AccessEvent.objects.count() == 20
        other.rollback()
        other.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_LOCK, own_company.id])
        assert carry_on(run, seconds=60)
        assert not AccessEvent.objects.exists()


def test_a_hold_that_is_being_placed_is_waited_for(own_company: CompanyRef) -> None:
    """A step that asked before the hold is committed would delete what is to be held."""
    with context.enter(own_company), somebody_else(own_company) as other:
        lay_record(own_company.id, 20)
        run = begin_night(datetime.now(UTC))
        other.execute("LOCK TABLE compliance_legalhold IN ROW EXCLUSIVE MODE")  # as an INSERT takes it
        with patience.short(lock_ms=300, statement_ms=None), pytest.raises(OperationalError):
            _step(run, keeping.kinds["access_events"])
        other.rollback()
        _step(run, keeping.kinds["access_events"])
        assert not AccessEvent.objects.exists()


def _step(run: RetentionRun, kind: Kind) -> None:
    retaining._step(run, kind, LATE)


def work_until_killed(company: CompanyRef, run: RetentionRun) -> None:
    """In a process of its own, which is killed somewhere within."""
    child = os.fork()
    if child == 0:
        try:
            connections.close_all()
            with context.enter(company):
                carry_on(run, seconds=60)
        finally:
            os._exit(0)
    time.sleep(0.35)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_a_night_whose_worker_is_killed_counts_exactly(
    own_company: CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also: all that went is on record, which holds; the nightly re-run of decisions passes over it."""
    monkeypatch.setattr(retaining, "CHUNK", 100)
    with context.enter(own_company):
        lay_record(own_company.id, EVENTS)
        begun = datetime.now(UTC)
        run = begin_night(begun)
        for _ in range(3):
            connections.close_all()
            work_until_killed(own_company, run)
            run.refresh_from_db()
            assert run.done.get("access_events", {}).get("gone", 0) == EVENTS - AccessEvent.objects.count()
        assert carry_on(run, seconds=120)
        run.refresh_from_db()
        assert run.done["access_events"]["gone"] == EVENTS
        assert not AccessEvent.objects.exists()
        assert PrunedLeaf.objects.count() >= EVENTS
        deeds = LedgerEntry.objects.filter(verb="record_pruned", subject_kind="scan")
        assert sum(deed.data["count"] for deed in deeds) == EVENTS
        assert max(len(deed.data["positions"]) for deed in deeds) == 1  # batches in a row are one run
        seal(own_company)
        report = verify(own_company)
        assert (report.findings, report.pruned) == ((), EVENTS)
        assert replay_decisions(now=begun + timedelta(days=1)).data["different"] == 0
        assert DAYS == 90
