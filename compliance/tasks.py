"""Looking after erasures that wait: for readers, for an obstacle to go, for the certificate to be sent."""

from celery import shared_task

from compliance.services import confirming, erasure_run, erasures
from tenants.celery import needs_company


@shared_task(name="compliance.look_after_erasures")
@needs_company
def look_after_erasures() -> None:
    """Every minute, for each company: ask who has confirmed, take up what stood still, send certificates."""
    erasure_run.take_up_stopped()
    confirming.look_again()
    erasures.send_due()
