"""Celery tasks of visits."""

from celery import shared_task
from django.utils import timezone

from visitors.services import expire_due
from visitors.services.arrivals import end_silent


@shared_task(name="visitors.expire")
def expire() -> int:
    """End visits whose grace is over, in the company in force."""
    return expire_due(now=timezone.now())


@shared_task(name="visitors.end_arrivals")
def end_arrivals() -> int:
    """End what no kiosk has spoken of for a while, in the company in force."""
    return end_silent(now=timezone.now())
