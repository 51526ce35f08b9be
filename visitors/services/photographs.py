"""The photograph for a badge: a stranger's bytes, drawn anew without what they carried, and sealed."""

import io
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from PIL import Image

from biometrics.engine.codes import FaceRefused
from biometrics.engine.pictures import JPEG, MOST_BYTES, open_picture
from compliance.law import Purpose
from compliance.selectors import consent_in_force
from ledger import services as ledger
from visitors.arrival_facts import Standing
from visitors.models import Kiosk, Photo, Visit, VisitPhoto
from visitors.photos import seal_photo
from visitors.refusals import Refused
from visitors.services.arrivals import demand_step, settle

MOST_PHOTO: Final = MOST_BYTES  # 2 MiB
LONGER_SIDE: Final = 480  # pixels
QUALITY: Final = 85


def take_photo(*, kiosk: Kiosk, arrival: UUID, picture: bytes) -> Standing:
    """Keep a JPEG for the visit's badge until the visit ends; a second one takes the first one's place.

    Raises Refused: photo_too_large, photo_unreadable, photo_not_wanted, consent_missing, and as
    arrivals.demand_step.
    """
    drawn = _drawn(picture)
    with transaction.atomic():
        standing = demand_step(kiosk, arrival)
        visit = standing.visit
        if visit is None or standing.photo == Photo.NONE:
            raise Refused("photo_not_wanted", "No photo is taken for this visit.")
        if consent_in_force(visit.holder.subject_id, Purpose.PHOTO) is None:
            raise Refused("consent_missing", "This person has not agreed to it.", status=403)
        VisitPhoto.objects.update_or_create(
            visit=visit, defaults={"sealed": seal_photo(visit, drawn), "taken_at": timezone.now()}
        )
        ledger.record(actor=kiosk.actor, verb="photo_taken", subject_kind="visit", handle=visit.handle)
        return settle(standing.arrival)


def forget_photos(subjects: list[UUID]) -> None:
    """Who takes the consent back has no photograph any more."""
    VisitPhoto.objects.filter(visit__in=Visit.objects.filter(holder__subject__in=subjects)).delete()


def _drawn(picture: bytes) -> bytes:
    if len(picture) > MOST_PHOTO:
        raise Refused("photo_too_large", "This picture is too large.", status=413)
    if not picture.startswith(JPEG):
        raise Refused("photo_unreadable", "This is no picture that can be read.", status=422, retry=True)
    try:
        pixels = open_picture(picture)
    except FaceRefused:
        raise Refused(
            "photo_unreadable", "This is no picture that can be read.", status=422, retry=True
        ) from None
    image, out = Image.fromarray(pixels), io.BytesIO()
    image.thumbnail((LONGER_SIDE, LONGER_SIDE))
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
