"""Celery: what runs out is swept."""

from celery import shared_task

from operators import services
from tenants.celery import needs_company


@shared_task(name="operators.sweep")
@needs_company
def sweep() -> int:
    """Drop what has run out in the company; returns how many rows."""
    return services.sweep()
