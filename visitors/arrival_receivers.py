"""What follows of a name that was given at a kiosk, and of a consent that is taken back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.dispatch import receiver as hears

from compliance.law import Purpose
from compliance.models import Ended
from compliance.signals import consents_ended
from ledger.outbox import receiver
from visitors.services.answering import forget_signatures
from visitors.services.arrivals import NAMED, follow_name
from visitors.services.photographs import forget_photos


@receiver(NAMED)
def follow(data: Mapping[str, Any]) -> None:
    if data["visit"]:
        follow_name(arrival=UUID(data["arrival"]), visit=UUID(data["visit"]))


@hears(consents_ended)
def forget(*, purpose: Purpose, subjects: Sequence[UUID], how: Ended, **_: Any) -> None:
    if purpose is Purpose.PHOTO:
        forget_photos(list(subjects))
    # Whoever has merely left took nothing back: what they signed is kept for as long as the company says.
    if purpose is Purpose.VISITOR_DOCUMENTS and how == Ended.WITHDRAWN:
        forget_signatures(list(subjects))
