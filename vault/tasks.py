"""Finishing what a crash cut off between two databases; new keys for codes in time."""

from celery import shared_task

from tenants.celery import needs_company
from vault import rotation, services


@shared_task(name="vault.finish_destructions")
@needs_company
def finish_destructions() -> None:
    """Hourly, for each company: destroy keys of erased persons that are still there."""
    services.finish_destructions()


@shared_task(name="vault.rotate_keys")
@needs_company
def rotate_keys() -> None:
    """Hourly, for each company: lay in the key sets that are due, remove those that nobody hands in to."""
    rotation.lay_in()
    rotation.prune()
