"""Sealing and delivering in the background. Each task visits the companies it is told or finds by itself.

A company whose tables are locked, as by a long migration, is passed over: it must not hold up the others.
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from celery import Task, current_app, shared_task
from django.db import OperationalError

from ledger import hints
from ledger.outbox import deliver as deliver_outbox
from ledger.outbox import prune as prune_outbox
from ledger.sealing import seal
from ledger.streams.delivery import due_streams, send_due
from ledger.sweep import companies_with_streams, companies_with_work, every_company
from ledger.verifications import run_verification
from tenants import context, hosts, patience
from tenants.refs import CompanyRef

ASK_AGAIN_SECONDS = 60
LOCK_MS = 300
EXPIRES_SECONDS = 15

log = logging.getLogger(__name__)


def unless_locked(company: CompanyRef, work: Callable[[CompanyRef], object]) -> bool:
    """Do the work unless the company's tables do not come in time; then False, and a later round finds it."""
    try:
        with patience.short(lock_ms=LOCK_MS, statement_ms=None):
            work(company)
    except OperationalError as error:
        if not patience.is_locked(error):
            raise
        log.warning("company %d is locked: it is left to a later round", company.id)
        return False
    return True


@shared_task(name="ledger.deliver")
def deliver(company_id: int) -> None:
    """Deliver one company's due announcements: asked for after each commit that wrote some."""
    company = hosts.by_id(company_id)
    if company is not None:
        unless_locked(company, deliver_outbox)


@shared_task(name="ledger.seal_marked")
def seal_marked() -> None:
    """Every two seconds: seal the companies that were marked since."""
    for company_id in hints.take_dirty():
        company = hosts.by_id(company_id)
        if company is not None and not unless_locked(company, seal):
            hints.mark_dirty(company_id)


@shared_task(name="ledger.sweep")
def sweep() -> None:
    """Every thirty seconds: whatever the marks missed, and what is due again."""
    for company in companies_with_work():
        if unless_locked(company, deliver_outbox):
            unless_locked(company, seal)


@shared_task(name="ledger.find_streams")
def find_streams() -> None:
    """Every five seconds: hand each stream that is due and behind to a worker of its own.

    Where the other side takes its time, only that stream waits. A message that nobody takes soon is void: the
    next round finds the stream again.
    """
    for company in companies_with_streams():
        with context.enter(company):
            for stream in due_streams():
                args = [company.id, str(stream)]
                current_app.send_task("ledger.send_stream", args=args, retry=False, expires=EXPIRES_SECONDS)


@shared_task(name="ledger.send_stream")
def send_stream(company_id: int, stream: str) -> None:
    """One round of one stream."""
    company = hosts.by_id(company_id)
    if company is not None:
        unless_locked(company, lambda ref: send_due(ref, UUID(stream)))


@shared_task(name="ledger.verify", bind=True, time_limit=3600, max_retries=None)
def verify(self: "Task[Any, Any]", company_id: int, verification: str) -> None:
    """Run a verification that was asked for in the console.

    It may take longer than the broker waits for a worker's word. What is handed out again meanwhile comes
    back later: should the worker that runs it die, somebody still knows of it.
    """
    company = hosts.by_id(company_id)
    if company is None:
        return
    try:
        done = run_verification(company, UUID(verification))
    except OperationalError as error:
        if not patience.is_locked(error):
            raise
        done = False
    if not done:
        raise self.retry(countdown=ASK_AGAIN_SECONDS)


@shared_task(name="ledger.prune")
def prune() -> None:
    """Daily: forget delivered announcements."""
    for company in every_company():
        with context.enter(company):
            unless_locked(company, lambda _: prune_outbox())
