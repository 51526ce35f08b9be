"""How a person stands with faces, in words for their page: never a picture, never a measure."""

from dataclasses import dataclass
from datetime import datetime

from biometrics.models import Destroyed, FaceTemplate
from biometrics.selectors import FaceStanding, standing_of
from biometrics.services import locked_out_until
from credentials.models import Holder, HolderState
from credentials.services.consents import person_of
from pages.actors import Doers

# How a template came to its end, as part of a sentence.
ENDS = {
    Destroyed.CONSENT_ENDED: "the consent had ended",
    Destroyed.REPLACED: "it was enrolled anew",
    Destroyed.DELETED: "an operator deleted it",
    Destroyed.UNUSED: "it had not been used for long",
    Destroyed.PURPOSE_OVER: "its purpose had been over for a year",
    Destroyed.LONG_SILENT: "the person had not been heard of for three years",
}


@dataclass(frozen=True, slots=True)
class FaceCard:
    """What the section shows and which deeds it offers."""

    standing: FaceStanding
    locked_until: datetime | None
    enrolled_by: str  # who attended; empty where nobody did
    verified_by: str
    present: bool  # whether the person is still one of the house

    @property
    def template(self) -> FaceTemplate | None:
        return self.standing.template

    @property
    def state(self) -> tuple[str, str]:
        """Kind and word of the pill."""
        if not self.standing.enrolled:
            return "CLOSED", "Not enrolled"
        if not self.standing.verified:
            return "AWAITING", "Awaiting confirmation"
        if self.standing.outdated:
            return "EXPIRED", "Enrol again"
        return "ACTIVE", "Enrolled"

    @property
    def ended(self) -> str:
        """Why the newest one is no more."""
        template = self.template
        return ENDS[Destroyed(template.destroyed_how)] if template and template.destroyed_how else ""

    @property
    def may_enrol(self) -> bool:
        return self.present and self.standing.open

    @property
    def may_take_back(self) -> bool:
        """A confirmation of its own has only what was enrolled on the phone."""
        return self.standing.verified and not self.standing.attended


def face_card(holder: Holder) -> FaceCard:
    """Of one person, as of now."""
    standing = standing_of(holder.subject_id)
    template = standing.template
    actors = [template.enrolled_by, template.verified_by] if template else []
    doers = Doers(actor for actor in actors if actor)
    return FaceCard(
        standing,
        locked_out_until(person_of(holder)),
        doers.name(template.enrolled_by) if template and standing.attended else "",
        doers.name(template.verified_by) if template and template.verified_by else "",
        holder.state != HolderState.OFFBOARDED,
    )
