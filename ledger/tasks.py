"""Sealing and delivering in the background. Each task visits the companies it is told or finds by itself."""

from typing import Any
from uuid import UUID

from celery import Task, shared_task

from ledger import hints
from ledger.outbox import deliver as deliver_outbox
from ledger.outbox import prune as prune_outbox
from ledger.sealing import seal
from ledger.sweep import companies_with_work, every_company
from ledger.verifications import run_verification
from tenants import context, hosts

ASK_AGAIN_SECONDS = 60


@shared_task(name="ledger.deliver")
def deliver(company_id: int) -> None:
    """Deliver one company's due announcements: asked for after each commit that wrote some."""
    company = hosts.by_id(company_id)
    if company is not None:
        deliver_outbox(company)


@shared_task(name="ledger.seal_marked")
def seal_marked() -> None:
    """Every two seconds: seal the companies that were marked since."""
    for company_id in hints.take_dirty():
        company = hosts.by_id(company_id)
        if company is not None:
            seal(company)


@shared_task(name="ledger.sweep")
def sweep() -> None:
    """Every thirty seconds: whatever the marks missed, and what is due again."""
    for company in companies_with_work():
        deliver_outbox(company)
        seal(company)


@shared_task(name="ledger.verify", bind=True, time_limit=3600, max_retries=None)
def verify(self: "Task[Any, Any]", company_id: int, verification: str) -> None:
    """Run a verification that was asked for in the console.

    It may take longer than the broker waits for a worker's word. What is handed out again meanwhile comes
    back later: should the worker that runs it die, somebody still knows of it.
    """
    company = hosts.by_id(company_id)
    if company is not None and not run_verification(company, UUID(verification)):
        raise self.retry(countdown=ASK_AGAIN_SECONDS)


@shared_task(name="ledger.prune")
def prune() -> None:
    """Daily: forget delivered announcements."""
    for company in every_company():
        with context.enter(company):
            prune_outbox()
