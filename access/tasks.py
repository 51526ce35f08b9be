"""Celery: the clock changes what people may enter."""

from celery import shared_task
from django.utils import timezone

from access import services
from tenants.celery import for_each_company


@shared_task
def refresh_profiles() -> None:
    """Beat, every minute: bring credentials whose levels changed by the clock up to date."""
    for_each_company(refresh_profiles_of_company)


@shared_task
def refresh_profiles_of_company() -> None:
    services.refresh_due_profiles(now=timezone.now())
