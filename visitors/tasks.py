"""Celery tasks of visits."""

from celery import shared_task
from django.utils import timezone

from visitors.services import expire_due
from visitors.services.arrivals import end_silent
from visitors.services.desk import close_due
from visitors.services.watching import remind_due, remove_due


@shared_task(name="visitors.expire")
def expire() -> int:
    """End visits whose grace is over, in the company in force."""
    return expire_due(now=timezone.now())


@shared_task(name="visitors.end_arrivals")
def end_arrivals() -> int:
    """End what no kiosk has spoken of for a while, in the company in force."""
    return end_silent(now=timezone.now())


@shared_task(name="visitors.close")
def close() -> int:
    """Sign out who is in where a site's closing hour has come, in the company in force."""
    return close_due(now=timezone.now())


@shared_task(name="visitors.watch_ends")
def watch_ends() -> int:
    """Remind of entries of the watch list that end, and remove those that did, in the company in force."""
    today = timezone.now().date()
    return remind_due(today=today) + remove_due(today=today)
