"""Finishing what a crash cut off between two databases."""

from celery import shared_task

from tenants.celery import needs_company
from vault import services


@shared_task(name="vault.finish_destructions")
@needs_company
def finish_destructions() -> None:
    """Hourly, for each company: destroy keys of erased persons that are still there."""
    services.finish_destructions()
