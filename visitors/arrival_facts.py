"""Reads of an arrival: what its visit asks for and what is done of it."""

from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.db.models import Q

from biometrics.selectors import standing_of
from compliance.law import Purpose
from compliance.selectors import Concern, concerns_of
from credentials.models import DeviceState, Holder, HolderKind, HolderState
from credentials.services.consents import person_of
from credentials.services.holders import email_index
from vault.names import fold
from visitors.arrival_steps import Course, Facts, Step, course_of
from visitors.models import (
    Arrival,
    BadgeSize,
    DocumentVersion,
    Flow,
    Photo,
    SignedDocument,
    Visit,
    VisitPhoto,
    VisitState,
    Way,
)
from visitors.services.documents import texts_for
from visitors.services.watching import must_wait

# What an arrival notes.
PROVEN: Final = "code"  # the code from the mail was given at this kiosk
DETAILS: Final = "details"
NO_PHOTO: Final = "photo_skipped"
NO_FACE: Final = "face_skipped"
BADGE: Final = "badge"
# What a kiosk asks, in this order.
ASKED: Final = (Purpose.DOOR_RECORD, Purpose.VISITOR_DOCUMENTS, Purpose.PHOTO, Purpose.FACE)


def declined(purpose: Purpose) -> str:
    """The note that somebody said no."""
    return f"declined:{purpose.value}"


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read of an arrival's visit: texts there are, texts still open, notices that it needs."""

    texts: list[DocumentVersion]
    unread: list[DocumentVersion]
    concerns: list[Concern]

    def without(self, read: DocumentVersion) -> "Reads":
        """The same once this text was read or signed as well."""
        return replace(self, unread=[one for one in self.unread if one != read])


@dataclass(frozen=True, slots=True)
class Standing:
    """How an arrival stands. `unread`: texts still open; `asking`: the notice that is next."""

    arrival: Arrival
    visit: Visit | None
    course: Course
    unread: tuple[DocumentVersion, ...] = ()
    asking: Concern | None = None
    photo: Photo = Photo.NONE  # NONE also where nobody may be asked for one, or who was asked said no
    face: bool = False
    ways: tuple[str, ...] = field(default=())
    reads: Reads | None = None

    @property
    def shows(self) -> bool:
        """Whether the kiosk may say whose visit it is."""
        if self.visit is None or self.arrival.ended_at is not None:
            return False
        return PROVEN in self.arrival.notes or self.visit.state == VisitState.ON_SITE


def is_known(arrival: Arrival) -> bool:
    """Whether the steps are theirs before anybody admitted them."""
    return arrival.flow == Flow.WALK_IN or PROVEN in arrival.notes


def standing_at(arrival: Arrival, reads: Reads | None = None) -> Standing:
    """How it stands now; with `reads`, where nothing of these can have changed since."""
    visit, known, ended = arrival.visit, is_known(arrival), arrival.ended_at is not None
    if visit is None or ended or not (known or visit.state == VisitState.ON_SITE):
        facts = Facts(ended, known, None if visit is None else VisitState(visit.state))
        return Standing(arrival, visit, course_of(facts))
    reads = reads or _read(arrival, visit)
    texts, unread, concerns = reads.texts, reads.unread, reads.concerns
    asking = next((one for one in concerns if _is_open(arrival, one)), None)
    photo, face = _photo(arrival, visit, concerns), _face(arrival, visit, concerns)
    done = {
        **_details(arrival, visit),
        **({Step.DOCUMENTS: not unread} if texts else {}),
        **({Step.CONSENT: asking is None} if concerns else {}),
        **({Step.PHOTO: _photo_done(arrival, visit)} if photo != Photo.NONE else {}),
        **({Step.FACE: _face_done(arrival, visit)} if face else {}),
        **_way(visit),
        **_badge(arrival, visit),
    }
    course = course_of(Facts(ended, known, VisitState(visit.state), done))
    ways = tuple(visit.type.ways_in)
    return Standing(arrival, visit, course, tuple(unread), asking, photo, face, ways, reads)


def _read(arrival: Arrival, visit: Visit) -> Reads:
    texts = texts_for(visit.type, arrival.language)
    declines = declined(Purpose.VISITOR_DOCUMENTS) in arrival.notes
    unread = unread_of(texts, visit, proven=PROVEN in arrival.notes, declines=declines)
    return Reads(texts, unread, _concerns(visit))


def _details(arrival: Arrival, visit: Visit) -> dict[Step, bool]:
    """Asked for once, and only where the invitation left something out."""
    if arrival.flow != Flow.EXPECTED or visit.walk_in:
        return {}
    if DETAILS in arrival.notes:
        return {Step.DETAILS: True}
    return {} if visit.holder.email and visit.firm else {Step.DETAILS: False}


def unread_of(
    texts: list[DocumentVersion], visit: Visit, *, proven: bool, declines: bool = False
) -> list[DocumentVersion]:
    """The texts that this visitor has yet to read or sign.

    What they signed at an earlier visit, and is still kept, is not asked for again; but only of somebody who
    is known for certain, so that it tells nobody who was here. A signature that is kept no more counts where
    it was declined just now, or somebody has let them in without it; whoever begins anew is asked again.
    """
    if not texts:
        return []
    persons, inside = {visit.holder_id}, visit.state == VisitState.ON_SITE
    if proven or inside:
        persons |= _the_same(visit.holder)
    kept = Q(version__document__signed=False) | ~Q(pdf_sha256="")
    if declines or inside:
        kept |= Q(visit=visit)
    asked = [one.document_id for one in texts]
    found = SignedDocument.objects.filter(kept, visit__holder__in=persons, version__document__in=asked)
    signed = set(found.order_by().values_list("version__document", "version__number"))
    return [one for one in texts if (one.document_id, one.number) not in signed]


def _the_same(holder: Holder) -> set[UUID]:
    """Visitors who have left, with the same mail address and name."""
    if not holder.email:
        return set()
    before = Holder.objects.filter(
        kind=HolderKind.VISITOR, state=HolderState.OFFBOARDED, email_index=email_index(holder.email)
    )
    name = fold(holder.name)
    return {one.pk for one in before.select_related("subject") if fold(one.name) == name}


def _concerns(visit: Visit) -> list[Concern]:
    """The notices that this visit needs, as far as the company may ask."""
    kind = visit.type
    wanted = {
        Purpose.DOOR_RECORD: True,
        Purpose.VISITOR_DOCUMENTS: kind.documents.filter(archived_at=None, signed=True).exists(),
        Purpose.PHOTO: kind.photo != Photo.NONE,
        Purpose.FACE: kind.face,
    }
    found = {one.purpose: one for one in concerns_of(person_of(visit.holder)) if one.open}
    return [found[purpose] for purpose in ASKED if wanted[purpose] and purpose in found]


def _is_open(arrival: Arrival, concern: Concern) -> bool:
    answered = concern.record is not None and concern.record.in_force
    return not answered and declined(concern.purpose) not in arrival.notes


def _may(arrival: Arrival, concerns: list[Concern], purpose: Purpose) -> bool:
    return any(one.purpose == purpose for one in concerns) and declined(purpose) not in arrival.notes


def _photo(arrival: Arrival, visit: Visit, concerns: list[Concern]) -> Photo:
    return Photo(visit.type.photo) if _may(arrival, concerns, Purpose.PHOTO) else Photo.NONE


def _face(arrival: Arrival, visit: Visit, concerns: list[Concern]) -> bool:
    return visit.type.face and _may(arrival, concerns, Purpose.FACE)


def _photo_done(arrival: Arrival, visit: Visit) -> bool:
    return NO_PHOTO in arrival.notes or VisitPhoto.objects.filter(visit=visit).exists()


def _face_done(arrival: Arrival, visit: Visit) -> bool:
    return NO_FACE in arrival.notes or standing_of(visit.holder.subject_id).enrolled


def _way(visit: Visit) -> dict[Step, bool]:
    found = {Step.WAY: bool(visit.way)}
    if visit.way == Way.PHONE:
        device = visit.device
        found[Step.PHONE] = device is not None and device.state == DeviceState.ACTIVE
    if visit.way == Way.DAY_PASS:
        found[Step.PASS] = visit.day_pass_id is not None
    return found


def _badge(arrival: Arrival, visit: Visit) -> dict[Step, bool]:
    nothing = visit.type.badge == BadgeSize.NONE and visit.day_pass_id is None
    if nothing or not arrival.kiosk.printer:
        return {}
    return {Step.BADGE: BADGE in arrival.notes}


def needs_a_person(standing: Standing) -> bool:
    """Whether a visitor who is expected and has done their part has yet to be let in by somebody.

    Whoever was not announced: their code leads on once they were let in. A type that leaves it to the host,
    because a mail can be passed on. A match with the watch list that nobody has called another person; a host
    who left; a photo that the type demands and that was not taken; a signature that the visitor does not want
    kept; a visitor who is barred.
    """
    visit, notes = standing.visit, standing.arrival.notes
    if visit is None or visit.holder.state != HolderState.ACTIVE:
        return True
    if visit.host is not None and visit.host.state != HolderState.ACTIVE:
        return True
    if visit.walk_in or visit.type.host_confirms or must_wait(visit):
        return True
    if visit.type.photo == Photo.REQUIRED and not VisitPhoto.objects.filter(visit=visit).exists():
        return True
    return declined(Purpose.VISITOR_DOCUMENTS) in notes
