"""Celery tasks of visits."""

from celery import shared_task
from django.utils import timezone

from visitors.services import expire_due


@shared_task(name="visitors.expire")
def expire() -> int:
    """End visits whose grace is over, in the company in force."""
    return expire_due(now=timezone.now())
