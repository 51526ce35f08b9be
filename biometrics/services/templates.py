"""Enrolled faces: kept, confirmed, compared, destroyed. One live template a person, under their lock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from biometrics import sealing, templates
from biometrics.engine.interface import Model as EngineModel
from biometrics.engine.thresholds import NotMeasured, Strictness, threshold
from biometrics.models import Destroyed, FaceSession, FaceTemplate, Supervision, Use
from biometrics.signals import template_unreadable
from biometrics.templates import Embedding, Model, SealedTemplate, TemplateRefused, Vector, Why
from compliance.law import Purpose
from compliance.selectors import Person, consent_in_force, purpose_open
from compliance.services import lock_person
from credentials.refusals import Refused
from ledger import services as ledger

PASSED: Final = "passed"  # the outcome of a capture that did what it was for
VOID: Final = "void"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a capture gave, and who saw to it."""

    vector: Vector
    model: Model
    supervision: Supervision
    by: str  # as the ledger names one who acts


class FaceDiffers(Refused):
    """The face is not the enrolled one. `unreadable`: the enrolled one, where it did not open."""

    def __init__(self, unreadable: FaceTemplate | None = None) -> None:
        text = "This is not the face that was enrolled. Ask your company to let you enrol anew."
        super().__init__("face_differs", text, status=403)
        self.unreadable = unreadable


class Unusable(Exception):  # noqa: N818  (named for what it is)
    """A template that cannot be compared with: `why` is for the record."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def model_of(made_by: EngineModel) -> Model:
    """The engine's model, as templates name it."""
    return Model(made_by.name, made_by.version)


def live_template(subject: UUID) -> FaceTemplate | None:
    """The person's template, if there is one now."""
    return FaceTemplate.objects.filter(subject=subject, destroyed_at=None).first()


@transaction.atomic
def keep_template(*, person: Person, enrolment: Enrolment, consent: UUID, now: datetime) -> FaceTemplate:
    """Keep a face that was captured on this consent; the one before is destroyed.

    Without supervision a new face is unverified: step by step a camera that is not trusted could lead a
    confirmed one to somebody else's. Where there was one already it must be the same face, unless an operator
    asked for a new one. Raises Refused: consent_missing, face_closed; FaceDiffers.
    """
    lock_person(person.subject)
    record = consent_in_force(person.subject.pk, Purpose.FACE)
    if record is None or record.pk != consent:
        raise Refused("consent_missing", "There is no consent to this in force any more.")
    if not purpose_open(Purpose.FACE):
        raise closed()
    attended = enrolment.supervision is Supervision.ATTENDED
    before = live_template(person.subject.pk)
    if before is not None:
        if not attended:
            _check_same(before, person, enrolment)
        _destroy(before, Destroyed.REPLACED, now)
        void_matches(person.subject.pk)
    key = sealing.newest_key()
    try:
        kept = sealing.protect(
            Embedding(enrolment.model, enrolment.vector), subject=person.subject.pk, key=key
        )
    except TemplateRefused:
        raise Refused("face_failed", "This face could not be kept. Begin again.", retry=True) from None
    verified_at, verified_by = (now, enrolment.by) if attended else (None, "")
    template = FaceTemplate.objects.create(
        subject=person.subject,
        person=person.number,
        consent=record,
        supervision=enrolment.supervision,
        model_id=kept.model.id,
        model_version=kept.model.version,
        key_number=key,
        salt=kept.salt,
        sealed=kept.sealed,
        enrolled_at=now,
        enrolled_by=enrolment.by,
        verified_at=verified_at,
        verified_by=verified_by,
    )
    told: dict[str, str | bool] = {"supervision": enrolment.supervision.value, "again": before is not None}
    told |= {"verified": template.verified, "model": kept.model.version}
    _record(template, enrolment.by, "face_enrolled", told)
    return template


def _check_same(before: FaceTemplate, person: Person, enrolment: Enrolment) -> None:
    """That it is the same face; nobody can say where the model changed, and need not where an operator asked.

    Raises FaceDiffers.
    """
    if before.reenrol_asked_at is not None:
        return
    probe = Embedding(enrolment.model, enrolment.vector)
    try:
        near = near_enough(before, person, probe, Strictness.STANDARD)
    except Unusable as unusable:
        if unusable.why is Why.OTHER_MODEL:
            return
        raise FaceDiffers(before if unusable.why is Why.UNREADABLE else None) from None
    if not near:
        raise FaceDiffers


def near_enough(template: FaceTemplate, person: Person, probe: Embedding, strictness: Strictness) -> bool:
    """Whether a face is the enrolled one. Raises Unusable; who catches it announces one that did not open."""
    row = SealedTemplate(
        Model(template.model_id, template.model_version),
        bytes(template.salt or b""),
        bytes(template.sealed or b""),
    )
    made_by = EngineModel(probe.model.id, probe.model.version, probe.vector.size)
    try:
        limit = threshold(made_by, strictness).distance
        held = sealing.unprotect(row, subject=person.subject.pk, key=template.key_number)
        return templates.distance(held, probe) <= limit
    except NotMeasured:
        raise Unusable(Why.OTHER_MODEL) from None
    except TemplateRefused as refused:
        raise Unusable(refused.why) from None


@transaction.atomic
def announce_unreadable(template: FaceTemplate) -> None:
    """Altered, or of another row: said on record and to the operators, never at the door."""
    _record(template, "system", "face_template_unreadable", {})
    template_unreadable.send(sender=FaceTemplate, person=template.person, template=template.pk)


@transaction.atomic
def confirm_face(*, person: Person, template: UUID, by: str, now: datetime) -> FaceTemplate:
    """An operator has the person in front and says that this enrolled face is theirs.

    Raises Refused: face_not_enrolled, face_changed where another one was enrolled since the page was shown.
    """
    held = _held(person)
    if held.pk != template:
        raise Refused("face_changed", "Another face was enrolled meanwhile. Look at the page again.")
    if not held.verified:
        held.verified_at, held.verified_by = now, by
        held.save(update_fields=["verified_at", "verified_by"])
        _record(held, by, "face_confirmed", {})
    return held


@transaction.atomic
def ask_again(*, person: Person, by: str, now: datetime) -> FaceTemplate:
    """Ask the person to enrol anew; the present face goes on serving until then. Raises Refused."""
    template = _held(person)
    if template.reenrol_asked_at is None:
        template.reenrol_asked_at = now
        template.save(update_fields=["reenrol_asked_at"])
        _record(template, by, "face_asked_again", {})
    return template


@transaction.atomic
def take_back_confirmation(*, person: Person, by: str, now: datetime) -> FaceTemplate:
    """It was said too soon: the face is unverified again, and no door takes it. Raises Refused.

    One that was enrolled at a desk has no confirmation of its own to take back: it is deleted.
    """
    template = _held(person)
    if template.supervision == Supervision.ATTENDED:
        raise Refused("face_attended", "This face was enrolled at a desk. Delete it instead.")
    if template.verified:
        template.verified_at, template.verified_by = None, ""
        template.save(update_fields=["verified_at", "verified_by"])
        void_matches(person.subject.pk)
        _record(template, by, "face_confirmation_taken_back", {})
    return template


@transaction.atomic
def take_back_asking(*, person: Person, by: str, now: datetime) -> FaceTemplate:
    """The person need not enrol anew after all. Raises Refused."""
    template = _held(person)
    if template.reenrol_asked_at is not None:
        template.reenrol_asked_at = None
        template.save(update_fields=["reenrol_asked_at"])
        _record(template, by, "face_asking_taken_back", {})
    return template


@transaction.atomic
def delete_face(*, person: Person, by: str, now: datetime) -> None:
    """Destroy the template; the consent stands. Raises Refused."""
    template = _held(person)
    _destroy(template, Destroyed.DELETED, now)
    forget_captures(person.subject.pk)
    _record(template, by, "face_deleted", {})


@transaction.atomic
def destroy_for(subjects: list[UUID], *, now: datetime) -> int:
    """Destroy all that rests on the consents of these people, in their transaction. Returns how many."""
    count = 0
    for template in FaceTemplate.objects.filter(subject__in=subjects, destroyed_at=None).order_by("pk"):
        _destroy(template, Destroyed.CONSENT_ENDED, now)
        _record(template, "system", "face_deleted", {"how": Destroyed.CONSENT_ENDED.value})
        count += 1
    for subject in subjects:
        forget_captures(subject)
    return count


def destroy_over(rows: list[FaceTemplate], *, how: Destroyed, now: datetime) -> None:
    """Destroy templates whose time is over, in the caller's transaction, which holds their persons' locks."""
    for template in rows:
        _destroy(template, how, now)
        forget_captures(template.subject_id)
        _record(template, "system", "face_deleted", {"how": how.value})


def forget_captures(subject: UUID) -> None:
    """Captures that run end here, and the marks of earlier ones go."""
    FaceSession.objects.filter(subject=subject).delete()


def void_matches(subject: UUID) -> None:
    """What was matched with a template that lost its standing opens nothing any more; marks stay."""
    matched = FaceSession.objects.filter(subject=subject, use=Use.DOOR, outcome=PASSED)
    matched.update(outcome=VOID)


def used(template: FaceTemplate, now: datetime) -> None:
    """Note that it was matched, to the hour: more often would write a row for every person at every door."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    if template.last_used_at is None or template.last_used_at < hour:
        FaceTemplate.objects.filter(pk=template.pk, destroyed_at=None).update(last_used_at=hour)


def closed() -> Refused:
    """Why no face is captured at all."""
    return Refused("face_closed", "Your company does not use faces.")


def _held(person: Person) -> FaceTemplate:
    lock_person(person.subject)
    template = live_template(person.subject.pk)
    if template is None:
        raise Refused("face_not_enrolled", "No face is enrolled.")
    return template


def _destroy(template: FaceTemplate, how: Destroyed, now: datetime) -> None:
    template.salt = template.sealed = None
    template.destroyed_at, template.destroyed_how = now, how
    template.save(update_fields=["salt", "sealed", "destroyed_at", "destroyed_how"])


def _record(template: FaceTemplate, by: str, verb: str, data: dict[str, str | bool]) -> None:
    ledger.record(
        actor=by,
        verb=verb,
        subject_kind="holder",
        handle=template.person,
        data={"template": str(template.pk), **data},
    )
