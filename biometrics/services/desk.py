"""Enrolment at a desk: an operator sees the person and the camera, so no challenge is drawn.

An assurance of its own, recorded as attended: what a challenge would catch (a photograph, somebody else) is
for the operator to see.
"""

import hmac
import os
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
from django.db import transaction

from biometrics import sealing
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model, cosine_distance, unit
from biometrics.engine.interface import Vector as EngineVector
from biometrics.engine.looking import Want
from biometrics.engine.vectors import LEAST_APART, LEAST_FRAMES, enrolment_vector
from biometrics.frames import Frame
from biometrics.liveness.session import NONCE_BYTES
from biometrics.liveness.steps import Move, Step
from biometrics.models import FaceSession, Supervision, Use
from biometrics.services.sessions import LOOKED, Begun, Told, other_session, permission
from biometrics.services.templates import PASSED, Enrolment, keep_template, model_of
from biometrics.watching import Looker
from compliance.selectors import Person

LIFE_SECONDS: Final = 60.0
APART_SECONDS: Final = 0.6  # so that the person has moved a little from one frame to the next
# What the person is asked for, so that the frames differ; whether they did is not judged at a desk.
STEPS: Final = (Step(Move.CENTRE), Step(Move.TURN_LEFT), Step(Move.TURN_RIGHT))
_HELD: Final = NONCE_BYTES + 16  # before the vectors: nonce, when the last frame was kept, how many they are


def begin_desk(*, person: Person, by: str, now: datetime) -> Begun:
    """Begin a capture before an operator. Raises Refused: face_closed, consent_missing."""
    consent = permission(person)
    nonce = os.urandom(NONCE_BYTES)
    row = FaceSession(
        id=uuid.uuid4(),
        subject=person.subject,
        person=person.number,
        use=Use.DESK,
        place=by,
        consent=consent,
        begun_at=now,
    )
    row.sealed = _seal(row, nonce, 0.0, [])
    row.save(force_insert=True)
    return Begun(row.pk, nonce, _told(0), int(LIFE_SECONDS))


def take_desk_frame(*, frame: Frame, person: Person, by: str, now: datetime, looker: Looker) -> Told:
    """One frame of a capture that this operator began of this person; the third good one enrols.

    Raises Refused: liveness_failed for another session, consent_missing, face_closed.
    """
    permission(person)  # first: a withdrawal takes the capture with it, and that is what is said
    row = (
        FaceSession.objects.select_related("subject")
        .filter(pk=frame.session, place=by, use=Use.DESK, subject=person.subject, ended_at=None)
        .first()
    )
    if row is None or (now - row.begun_at).total_seconds() > LIFE_SECONDS:
        raise other_session()
    nonce, last, vectors = _open(row)
    if not hmac.compare_digest(nonce, frame.nonce):
        raise other_session()
    if frame.sequence != row.version or now.timestamp() - last < APART_SECONDS:
        return _told(len(vectors), row.version)
    try:
        look = looker.look_now(frame.picture, Want.VECTOR)
    except FaceRefused as refused:
        return replace(_told(len(vectors), row.version), hint=refused.code.value)
    if any(cosine_distance(unit(one), look.vector) < LEAST_APART for one in vectors):
        return replace(_told(len(vectors), row.version), hint=FaceCode.FRAMES_ALIKE.value)
    vectors = [*vectors, look.vector]
    if len(vectors) < LEAST_FRAMES:
        _write(row, _seal(row, nonce, now.timestamp(), vectors))
        return _told(len(vectors), row.version + 1)
    return _enrol(row, vectors, by, now, look.model)


def _enrol(row: FaceSession, vectors: list[EngineVector], by: str, now: datetime, model: Model) -> Told:
    _write(row, b"", outcome=LOOKED, ended_at=now)
    try:
        vector = enrolment_vector(vectors, model)
    except FaceRefused as refused:
        FaceSession.objects.filter(pk=row.pk).update(outcome=refused.code.value)
        return replace(_told(len(vectors)), phase="failed", step=None, code=refused.code.value)
    with transaction.atomic():
        made = Enrolment(vector.astype("f8"), model_of(model), Supervision.ATTENDED, by)
        keep_template(person=Person(row.subject, row.person), enrolment=made, consent=row.consent_id, now=now)
        FaceSession.objects.filter(pk=row.pk).update(outcome=PASSED)
    more: dict[str, bool | int] = {"enrolled": True, "verified": True}
    return replace(_told(len(vectors)), phase="passed", step=None, more=more)


def _told(done: int, sequence: int = 0) -> Told:
    step = STEPS[done] if done < len(STEPS) else None
    return Told("running", step, done, LEAST_FRAMES, sequence)


def _seal(row: FaceSession, nonce: bytes, last: float, vectors: list[EngineVector]) -> bytes:
    head = nonce + np.array([last, len(vectors)], dtype="<f8").tobytes()
    plain = head + b"".join(one.astype("<f4").tobytes() for one in vectors)
    return sealing.seal_bytes(plain, subject=row.subject_id, place=_place(row))


def _open(row: FaceSession) -> tuple[bytes, float, list[EngineVector]]:
    plain = sealing.open_bytes(bytes(row.sealed), subject=row.subject_id, place=_place(row))
    if plain is None:
        raise other_session()
    last, count = np.frombuffer(plain[NONCE_BYTES:_HELD], dtype="<f8")
    flat = np.frombuffer(plain[_HELD:], dtype="<f4")
    return plain[:NONCE_BYTES], float(last), list(flat.reshape(int(count), -1)) if count else []


def _place(row: FaceSession) -> str:
    return f"desk/{row.pk}"


def _write(row: FaceSession, sealed: bytes, *, outcome: str = "", ended_at: datetime | None = None) -> None:
    """Over the version that was read alone, which two frames that race cannot both do."""
    held = FaceSession.objects.filter(pk=row.pk, version=row.version, ended_at=None)
    if not held.update(sealed=sealed, version=row.version + 1, outcome=outcome, ended_at=ended_at):
        raise other_session()
