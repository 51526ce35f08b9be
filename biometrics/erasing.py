"""What erasing leaves of a face: that there was a template, when it was made and when it was destroyed."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from biometrics.models import FaceSession, FaceTemplate, FaceTries
from biometrics.services.templates import destroy_for
from credentials.models import Device, Holder
from vault.holdings import Item, eraser

PROOF = (
    "Art. 7(1), 17(3)(e) GDPR; 740 ILCS 14/15(a): that it was destroyed must be shown; nothing of the face"
)
TEMPLATES, CAPTURES, TRIES = "Face templates", "Captures of the face", "Counted tries"


@eraser("face", title="Face", order=30)
class FaceEraser:
    """Templates, what captures measured, and counted tries."""

    def plan(self, subject: UUID) -> list[Item]:
        counts = [
            (TEMPLATES, _templates(subject).count()),
            (CAPTURES, FaceSession.objects.filter(subject=subject).count()),
            (TRIES, _tries(subject).count()),
        ]
        return [Item(what, count) for what, count in counts if count] + _staying(subject)

    def obstacles(self, subject: UUID) -> list[str]:
        return []

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        captures = FaceSession.objects.filter(subject=subject).count()
        counts = [
            (TEMPLATES, destroy_for([subject], now=timezone.now())),  # and captures with them
            (CAPTURES, captures),
            (TRIES, _tries(subject).delete()[0]),
        ]
        return [Item(what, count) for what, count in counts if count] + _staying(subject)


def _templates(subject: UUID) -> QuerySet[FaceTemplate]:
    return FaceTemplate.objects.filter(subject=subject, destroyed_at=None)


def _tries(subject: UUID) -> QuerySet[FaceTries]:
    holders = Holder.objects.filter(subject=subject).values_list("handle", flat=True)
    devices = Device.objects.filter(holder__subject=subject).values_list("handle", flat=True)
    who = [f"holder:{handle}" for handle in holders] + [f"device:{handle}" for handle in devices]
    return FaceTries.objects.filter(who__in=who)


def _staying(subject: UUID) -> list[Item]:
    count = FaceTemplate.objects.filter(subject=subject, destroyed_at__isnull=False).count()
    return [Item("Dates of destroyed templates", count, goes=False, ground=PROOF)] if count else []
