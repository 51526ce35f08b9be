"""Reads of this room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from biometrics.house_pool import model_now
from biometrics.models import FaceTemplate, Supervision
from compliance.law import Purpose
from compliance.selectors import consent_in_force, purpose_open


@dataclass(frozen=True, slots=True)
class FaceStanding:
    """How a person stands with faces: never a picture, never a measure."""

    open: bool  # whether the company may ask for faces at all
    consented: bool
    template: FaceTemplate | None  # the newest, also a destroyed one
    outdated: bool  # made by another model than the one that looks now

    @property
    def enrolled(self) -> bool:
        return self.template is not None and self.template.destroyed_at is None

    @property
    def verified(self) -> bool:
        return self.enrolled and self.template is not None and self.template.verified

    @property
    def enrolled_at(self) -> datetime | None:
        return self.template.enrolled_at if self.enrolled and self.template else None

    @property
    def attended(self) -> bool:
        return self.template is not None and self.template.supervision == Supervision.ATTENDED

    @property
    def reenrol_asked(self) -> bool:
        return self.enrolled and self.template is not None and self.template.reenrol_asked_at is not None

    @property
    def usable(self) -> bool:
        """Whether a door or a phone can compare with it."""
        return self.open and self.consented and self.verified and not self.outdated


def standing_of(subject: UUID) -> FaceStanding:
    """How a person stands now. Starts no engine: without one that is warm nothing counts as outdated."""
    template = FaceTemplate.objects.filter(subject=subject).order_by("-enrolled_at").first()
    agreed = consent_in_force(subject, Purpose.FACE) is not None
    outdated = template is not None and is_outdated(template)
    return FaceStanding(purpose_open(Purpose.FACE), agreed, template, outdated)


def is_outdated(template: FaceTemplate) -> bool:
    """Whether it was made by another model than the one that looks now; False while none does."""
    model = model_now()
    return model is not None and (template.model_id, template.model_version) != (model.name, model.version)
