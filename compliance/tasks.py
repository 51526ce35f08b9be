"""Celery: clocks of requests are watched, what nobody confirmed is swept, erasures that wait are looked after."""

from celery import shared_task

from compliance.services import confirming, erasure_run, erasures, reminders
from tenants.celery import needs_company


@shared_task(name="compliance.look_after_erasures")
@needs_company
def look_after_erasures() -> None:
    """Every minute, for each company: ask who has confirmed, take up what stood still, send certificates."""
    erasure_run.take_up_stopped()
    confirming.look_again()
    erasures.send_due()


@shared_task(name="compliance.remind")
@needs_company
def remind() -> int:
    """Tell officers of requests that run out; returns of how many."""
    return reminders.remind()


@shared_task(name="compliance.sweep_requests")
@needs_company
def sweep_requests() -> int:
    """Forget requests that nobody confirmed; returns how many."""
    return reminders.sweep()
