"""Celery: clocks of requests, erasures that wait, requests nobody confirmed, what is due to go at night."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from compliance.services import answers, confirming, erasure_run, erasures, proposals, reminders
from compliance.services.consents import note_ended
from compliance.services.retaining import begin_night, carry_on
from tenants.celery import needs_company

RETAIN_SECONDS = 200  # a task is ended after 300


@shared_task(name="compliance.look_after_erasures")
@needs_company
def look_after_erasures() -> None:
    """Every minute, for each company: ask who has confirmed, take up what stood still, send certificates."""
    erasure_run.take_up_stopped()
    confirming.look_again()
    proposals.close_done()
    erasures.send_due()
    erasures.forget_left()


@shared_task(name="compliance.remind")
@needs_company
def remind() -> int:
    """Tell officers of requests that run out; returns of how many."""
    return reminders.remind()


@shared_task(name="compliance.sweep_requests")
@needs_company
def sweep_requests() -> int:
    """Forget requests that nobody confirmed, and note what was taken back and a crash left out."""
    note_ended(since=timezone.now() - timedelta(days=2))
    return reminders.sweep()


@shared_task(name="compliance.sweep_answers")
@needs_company
def sweep_answers() -> dict[str, int]:
    """End links that ran out, delete what was collected for requests long over; returns how many."""
    return answers.sweep_answers()


@shared_task(name="compliance.retain")
@needs_company
def retain() -> None:
    """Tonight's retention, a few minutes of it; what is left goes on in a task of its own."""
    if not carry_on(begin_night(timezone.now()), seconds=RETAIN_SECONDS):
        retain.apply_async()
