"""How long faces are kept: a template goes when it was not used, and at two stops that nobody can move.

Withdrawal and off-boarding destroy it at once; this is for all who do neither.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from biometrics.models import Destroyed, FaceSession, FaceTemplate
from biometrics.services.sessions import HISTORY_LIFE
from biometrics.services.templates import destroy_over
from credentials.models import LIVE_CREDENTIAL_STATES, Credential, Device, DeviceUse
from tenants.chunks import Rows
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, titles
from vault.models import Subject

MOST: Final = 100
UNUSED_DAYS: Final = 90
_USED = Greatest(
    "enrolled_at", Coalesce("verified_at", "enrolled_at"), Coalesce("last_used_at", "enrolled_at")
)


def unused(before: datetime) -> QuerySet[FaceTemplate]:
    """Neither enrolled, confirmed nor matched since."""
    return FaceTemplate.objects.filter(destroyed_at=None).alias(used=_USED).filter(used__lt=before)


def purpose_over(before: datetime) -> QuerySet[FaceTemplate]:
    """Of people who could open nothing since: what the face was for is over."""
    standing = Q(state__in=LIVE_CREDENTIAL_STATES) & (Q(valid_until=None) | Q(valid_until__gte=before))
    rights = Credential.objects.filter(holder__subject=OuterRef("subject"))
    later = rights.filter(standing | Q(ended_at__gte=before))
    return FaceTemplate.objects.filter(~Exists(later), destroyed_at=None, enrolled_at__lt=before)


def long_silent(before: datetime) -> QuerySet[FaceTemplate]:
    """Of people who neither used their face nor their phone since."""
    phones = Device.objects.filter(holder__subject=OuterRef(OuterRef("subject"))).values("handle")
    seen = DeviceUse.objects.filter(device__in=phones, seen_at__gte=int(before.timestamp() * 1000))
    return unused(before).filter(~Exists(seen))


class Faces:
    """Templates whose time is over: destroyed, and their rows stay without them."""

    def __init__(self, due: Callable[[datetime], QuerySet[FaceTemplate]], how: Destroyed) -> None:
        self._due, self._how = due, how

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many."""
        return self._found(cutoffs.latest, spared).count() if cutoffs.latest is not None else 0

    @transaction.atomic
    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Destroy some of them, each under its person's lock. Who is busy now is left to the next night."""
        if cutoffs.latest is None:
            return 0
        found = self._found(cutoffs.latest, spared)
        people = Subject.objects.filter(pk__in=found.values("subject")).order_by("pk")
        held = list(people.select_for_update(no_key=True, skip_locked=True)[: min(most, MOST)])
        rows = list(self._found(cutoffs.latest, spared).filter(subject__in=held))
        destroy_over(rows, how=self._how, now=timezone.now())
        return len(rows)

    def _found(self, before: datetime, spared: Spared) -> QuerySet[FaceTemplate]:
        return self._due(before).exclude(subject__in=spared.subjects)


def destroyed_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[FaceTemplate]:
    """Rows of templates that were destroyed: they hold nothing of a face, and say when it went."""
    found = FaceTemplate.objects.filter(destroyed_at__lt=cutoffs.latest).order_by("destroyed_at")
    return found.exclude(subject__in=spared.subjects)


def captures_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[FaceSession]:
    """Captures and the marks of their frames; an hourly task takes them sooner."""
    return FaceSession.objects.filter(begun_at__lt=cutoffs.latest).order_by("begun_at")


keep(
    Kind(
        name="face_templates",
        category=Category.FACE,
        titles=titles(
            "Face templates, unused",
            "Gesichtsvorlagen, unbenutzt",
            "Gabarits de visage inutilisés",
            "Plantillas de cara sin uso",
        ),
        from_when="the last use, at a door or on the phone",
        keeper=Faces(unused, Destroyed.UNUSED),
        order=10,
        days=UNUSED_DAYS,
    )
)
keep(
    Kind(
        name="faces_purpose_over",
        category=Category.FACE,
        titles=titles(
            "Face templates after their purpose",
            "Gesichtsvorlagen nach ihrem Zweck",
            "Gabarits de visage après leur finalité",
            "Plantillas de cara tras su finalidad",
        ),
        from_when="the day on which the person could open nothing any more",
        keeper=Faces(purpose_over, Destroyed.PURPOSE_OVER),
        order=11,
        days=365,
        fixed=True,
    )
)
keep(
    Kind(
        name="faces_long_silent",
        category=Category.FACE,
        titles=titles(
            "Face templates after the last interaction",
            "Gesichtsvorlagen nach dem letzten Kontakt",
            "Gabarits de visage après la dernière interaction",
            "Plantillas de cara tras la última interacción",
        ),
        from_when="the last use of face or phone",
        keeper=Faces(long_silent, Destroyed.LONG_SILENT),
        order=12,
        days=1095,
        fixed=True,
    )
)
keep(
    Kind(
        name="faces_destroyed",
        category=Category.PROOF,
        titles=titles(
            "That a face was enrolled and destroyed",
            "Dass ein Gesicht erfasst und vernichtet wurde",
            "Qu’un visage a été enregistré et détruit",
            "Que una cara fue registrada y destruida",
        ),
        from_when="the destruction",
        keeper=Rows(destroyed_due),
        order=60,
        days=1095,
    )
)
keep(
    Kind(
        name="face_sessions",
        category=Category.FACE,
        titles=titles(
            "Captures of faces", "Aufnahmen von Gesichtern", "Captures de visages", "Capturas de caras"
        ),
        from_when="the capture",
        keeper=Rows(captures_due),
        order=13,
        days=HISTORY_LIFE.days,
        fixed=True,
    )
)
