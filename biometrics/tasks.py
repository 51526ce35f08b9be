"""Work of this room on the clock."""

from celery import shared_task
from django.utils import timezone

from biometrics import services


@shared_task(name="biometrics.sweep")
def sweep() -> None:
    """Forget what is left of captures."""
    services.sweep(timezone.now())
