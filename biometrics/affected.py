"""Whose face data lay open."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q

from biometrics.models import FaceSession, FaceTemplate
from vault.affected import READER, Exposure, source


@source("face_templates", title="Face templates")
def templates(exposure: Exposure) -> Mapping[UUID, int]:
    """Those that were there at some time of it: a destroyed one's row holds nothing of the face."""
    there = FaceTemplate.objects.filter(
        Q(destroyed_at=None) | Q(destroyed_at__gt=exposure.begins), enrolled_at__lt=exposure.ends
    )
    return Counter(there.values_list("subject_id", flat=True))


@source("face_captures", title="Captures of a face: when and where, no picture", by=(READER,))
def captures(exposure: Exposure) -> Mapping[UUID, int]:
    """Those that were begun meanwhile; at these readers, where some are chosen."""
    found = FaceSession.objects.filter(begun_at__gte=exposure.begins, begun_at__lt=exposure.ends)
    if (readers := exposure.at(READER)) is not None:
        found = found.filter(place__in=[f"reader:{number}" for number in readers])
    return Counter(found.values_list("subject_id", flat=True))
