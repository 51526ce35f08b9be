"""What a capture that passed is used for: an enrolment, a phone's unlock, a door."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from biometrics import sealing
from biometrics.engine.codes import FaceRefused
from biometrics.engine.interface import unit
from biometrics.engine.thresholds import Strictness
from biometrics.engine.vectors import enrolment_vector
from biometrics.frames import Frame
from biometrics.liveness.kinds import Kind
from biometrics.liveness.session import failed
from biometrics.liveness.state import LIFE_SECONDS
from biometrics.models import FaceSession, FaceTemplate, Supervision, Use
from biometrics.services import tries
from biometrics.services.sessions import (
    FACE_BUSY,
    LOOKED,
    Finished,
    Told,
    fail,
    other_session,
    state_of,
    take_frame,
    usable_template,
)
from biometrics.services.templates import (
    PASSED,
    Enrolment,
    FaceDiffers,
    Unusable,
    announce_unreadable,
    keep_template,
    model_of,
    near_enough,
    used,
)
from biometrics.templates import Embedding, Why
from biometrics.watching import Looker
from compliance.selectors import Person
from compliance.services import lock_person
from credentials.refusals import Refused

MISMATCH: Final = "face_mismatch"
DOOR_SECONDS: Final = LIFE_SECONDS + 5  # in which the reader asks again with what came of the capture


class DoorOutcome(StrEnum):
    """What came of a door's capture; the words are reasons of the decision."""

    MATCHED = "matched"
    BUSY = "face_busy"
    FAILED = "liveness_failed"
    MISMATCH = "face_mismatch"


@dataclass(frozen=True, slots=True)
class DoorFace:
    """A capture at a door as the decision takes it: when its code was first shown, and what came of it."""

    shown_at: datetime
    outcome: DoorOutcome
    challenge: bool
    match: Strictness  # how near the face had to be


Grant = Callable[[], dict[str, bool | int]]


def capture(*, frame: Frame, place: str, now: datetime, looker: Looker, unlock: Grant | None = None) -> Told:
    """Take one frame, and with the one that passes the capture do what it was for.

    `unlock` is called, in the transaction, where a phone's own face was matched. Raises Refused.
    """
    told, finished = take_frame(frame=frame, place=place, now=now, looker=looker)
    if finished is None:
        return told
    if finished.row.use == Use.ENROL:
        return _enrol(told, finished)
    return _matched(told, finished, unlock)


def _enrol(told: Told, finished: Finished) -> Told:
    row, model = finished.row, finished.model
    person = Person(row.subject, row.person)
    try:
        vector = enrolment_vector([unit(one) for one in finished.passed.straight], model)
    except FaceRefused as refused:
        return _not(told, finished, refused.code.value)
    try:
        with transaction.atomic():
            made = Enrolment(vector.astype("f8"), model_of(model), Supervision.PHONE, person.actor)
            template = keep_template(person=person, enrolment=made, consent=row.consent_id, now=finished.now)
            _passed(finished, person)
    except FaceDiffers as differs:
        # After what was tried is taken back: the alarm is not taken back with it.
        if differs.unreadable is not None:
            announce_unreadable(differs.unreadable)
        return _not(told, finished, differs.code)
    return replace(told, more={"enrolled": True, "verified": template.verified})


def _matched(told: Told, finished: Finished, unlock: Grant | None) -> Told:
    row = finished.row
    person = Person(row.subject, row.person)
    strictness = Strictness(row.match) if row.match else Strictness.STANDARD
    probe = Embedding(model_of(finished.model), unit(finished.passed.embedding).astype("f8"))
    try:
        template = usable_template(row.subject_id)
        near = near_enough(template, person, probe, strictness)
    except Refused:
        return _not(told, finished, MISMATCH)
    except Unusable as unusable:
        if unusable.why is Why.UNREADABLE:
            announce_unreadable(template)
        return _not(told, finished, MISMATCH, counts=unusable.why is not Why.OTHER_MODEL)
    if not near:
        return _not(told, finished, MISMATCH)
    with transaction.atomic():
        lock_person(row.subject)
        # Under the lock: what was matched may have been destroyed, replaced or taken back meanwhile.
        still = FaceTemplate.objects.filter(pk=template.pk, destroyed_at=None, verified_at__isnull=False)
        if not still.exists():
            return _not(told, finished, MISMATCH, counts=False)
        _passed(finished, person)
        used(template, finished.now)
        more = unlock() if unlock is not None and row.use == Use.UNLOCK else {}
    return replace(told, more=more)


def _passed(finished: Finished, person: Person) -> None:
    """Only now: a reader that asks meanwhile finds no face matched. Raises Refused where it was ended."""
    row = finished.row
    if not FaceSession.objects.filter(pk=row.pk, outcome=LOOKED).update(outcome=PASSED):
        raise other_session()
    tries.passed(person, row.place, str(row.pk), finished.now.timestamp())


def _not(told: Told, finished: Finished, why: str, *, counts: bool = True) -> Told:
    """The capture was good and its face was not: it counts as a failure, unless it is nobody's fault."""
    row = finished.row
    with transaction.atomic():
        FaceSession.objects.filter(pk=row.pk).update(outcome=why)
        if counts:
            fail(row, why, finished.now)
        else:
            tries.forgotten(Person(row.subject, row.person), row.place, str(row.pk), finished.now.timestamp())
    return replace(told, phase="failed", step=None, code=why)


def door_face(*, session: UUID, place: str, counter: int, code_hash: bytes, now: datetime) -> DoorFace | None:
    """What came of the capture for this very event; None for any other session, or too late.

    Asked again it says the same: an event is written once, whatever is repeated. One that has not ended by
    now has failed, and takes no more frames.
    """
    asked = FaceSession.objects.select_related("subject")
    row = asked.filter(pk=session, place=place, counter=counter, use=Use.DOOR).first()
    if row is None or bytes(row.code_hash or b"") != code_hash:
        return None
    if (now - row.begun_at).total_seconds() > DOOR_SECONDS:
        return None
    if row.ended_at is None:
        _close(row, now)
        row.refresh_from_db()
    state = state_of(row)
    challenge = state is not None and len(state.steps) > 1
    outcome = _OUTCOMES.get(row.outcome, DoorOutcome.FAILED)
    return DoorFace(row.begun_at, outcome, challenge, Strictness(row.match))


_OUTCOMES: Final = {
    PASSED: DoorOutcome.MATCHED,
    FACE_BUSY: DoorOutcome.BUSY,
    MISMATCH: DoorOutcome.MISMATCH,
}


@transaction.atomic
def _close(row: FaceSession, now: datetime) -> None:
    """The reader gave up: what was measured goes; one that nobody could look at counts against nobody."""
    busy = row.outcome == FACE_BUSY
    outcome = FACE_BUSY if busy else Kind.EXPIRED.value
    state = state_of(row)
    left = b"" if state is None else sealing.seal_session(failed(state, Kind.EXPIRED), subject=row.subject_id)
    ended = {"sealed": left, "version": row.version + 1, "outcome": outcome, "ended_at": now}
    if not FaceSession.objects.filter(pk=row.pk, version=row.version, ended_at=None).update(**ended):
        return  # a frame came meanwhile: what came of it stands, or it is asked again
    if busy:
        tries.forgotten(Person(row.subject, row.person), row.place, str(row.pk), now.timestamp())
    else:
        fail(row, outcome, now)
