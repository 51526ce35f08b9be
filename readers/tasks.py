"""Celery: the clock finds readers that are silent, behind, drifting or without a camera."""

from celery import shared_task
from django.utils import timezone

from readers import services
from tenants.celery import for_each_company, needs_company


@shared_task
def watch() -> None:
    """Beat: look at each company's readers."""
    for_each_company(watch_company)


@shared_task
@needs_company
def watch_company() -> int:
    now = timezone.now()
    services.end_keys(now=now)
    return services.watch_readers(now=now)
