"""Celery: the clock changes what people may enter; alarms are found in what has happened; it is run again."""

from celery import shared_task
from django.utils import timezone

from access import services
from tenants.celery import for_each_company, needs_company


@shared_task
def refresh_profiles() -> None:
    """Beat, every minute: bring credentials whose levels changed by the clock up to date."""
    for_each_company(refresh_profiles_of_company)


@shared_task
def refresh_profiles_of_company() -> None:
    services.refresh_due_profiles(now=timezone.now())


@shared_task
def find_alarms() -> None:
    """Beat: look through each company's new events, apart from the scans that write them."""
    for_each_company(find_alarms_of_company)


@shared_task
@needs_company
def find_alarms_of_company() -> int:
    return services.find_alarms(now=timezone.now()) + services.tell_second_entries()


@shared_task
def empty_areas() -> None:
    """Beat, every minute: count out who was off-boarded, and everybody where an area's hour has come."""
    for_each_company(empty_areas_of_company)


@shared_task
@needs_company
def empty_areas_of_company() -> None:
    services.empty_due_areas(now=timezone.now())
    services.count_out_gone()


@shared_task(name="access.replay_decisions")
@needs_company
def replay_decisions() -> None:
    """Nightly, for each company: decide again what was decided, from the stored facts."""
    services.replay_decisions(now=timezone.now())
