"""Celery: former addresses that ended are given free."""

from celery import shared_task

from tenants import moving


@shared_task(name="tenants.drop_ended_hosts")
def drop_ended_hosts() -> int:
    """Hourly, for all companies at once: the registry is nobody's own. Returns how many ended."""
    return moving.drop_ended_hosts()
