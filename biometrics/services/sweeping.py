"""What is left of captures: those that were walked away from lose what was measured, old ones go."""

from datetime import datetime, timedelta
from typing import Final

from biometrics.models import FaceSession, FaceTries
from biometrics.services.sessions import HISTORY_LIFE

ABANDONED: Final = timedelta(minutes=2)


def sweep(now: datetime) -> int:
    """Delete them. An abandoned one may hold measures of a face, sealed; its marks are no loss. How many."""
    left = FaceSession.objects.filter(ended_at=None, begun_at__lt=now - ABANDONED).delete()[0]
    old = FaceSession.objects.filter(begun_at__lt=now - HISTORY_LIFE).delete()[0]
    FaceTries.objects.filter(changed_at__lt=now - HISTORY_LIFE).delete()
    return left + old
