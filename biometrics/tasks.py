"""Celery: what this room does on the clock, and how a face worker looks at a frame."""

from celery import shared_task
from django.utils import timezone

from biometrics import services
from biometrics.remote import serving
from biometrics.remote.store import TASK


@shared_task(name="biometrics.sweep")
def sweep() -> None:
    """Forget what is left of captures."""
    services.sweep(timezone.now())


@shared_task(name=TASK, ignore_result=True)
def look(frame: str) -> None:
    """Look at the frame that lies in Valkey under this random id for as long as it counts. No company's."""
    serving.serve(frame)
