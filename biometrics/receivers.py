"""What this room does when compliance announces."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from biometrics import services
from compliance.law import Purpose
from compliance.signals import consents_ended


@receiver(consents_ended, dispatch_uid="biometrics.destroy_templates")
def destroy_templates(*, purpose: Purpose, subjects: list[UUID], **_: Any) -> None:
    """In the transaction that ends the consents: there is no moment between."""
    if purpose is Purpose.FACE:
        services.destroy_for(list(subjects), now=timezone.now())
