"""What this room does when a visitor takes back what they said at a kiosk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.dispatch import receiver as hears

from compliance.law import Purpose
from compliance.models import Ended
from compliance.signals import consents_ended
from visitors.services.answering import forget_signatures
from visitors.services.photographs import forget_photos


@hears(consents_ended)
def forget(*, purpose: Purpose, subjects: Sequence[UUID], how: Ended, **_: Any) -> None:
    if purpose is Purpose.PHOTO:
        forget_photos(list(subjects))
    # Whoever has merely left took nothing back: what they signed is kept for as long as the company says.
    if purpose is Purpose.VISITOR_DOCUMENTS and how == Ended.WITHDRAWN:
        forget_signatures(list(subjects))
