"""Captures with liveness: begun on a live consent, fed frame by frame, ended once.

Each change is written only over the version that was read, so of two frames that race one is refused.
"""

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from biometrics import sealing
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model
from biometrics.engine.quality import Quality
from biometrics.engine.thresholds import Strictness
from biometrics.frames import Frame
from biometrics.liveness.adapter import Arrived
from biometrics.liveness.kinds import Kind, LivenessRefused
from biometrics.liveness.marks import Mark
from biometrics.liveness.observations import Observation
from biometrics.liveness.session import (
    Passed,
    Ticket,
    accept,
    begin,
    claim,
    expire,
    unseen,
    wanted_shape,
    wants_embedding,
)
from biometrics.liveness.state import LIFE_SECONDS, Binding, Phase, Session
from biometrics.liveness.steps import Course, Plan, Step
from biometrics.models import FaceSession, FaceTemplate, Use
from biometrics.selectors import is_outdated
from biometrics.services import tries
from biometrics.services.templates import closed, live_template
from biometrics.watching import Looker, watch
from compliance.law import Purpose
from compliance.models import ConsentRecord
from compliance.selectors import Person, consent_in_force, purpose_open
from credentials.refusals import Refused
from ledger import services as ledger
from sallyport.keys import b64url

HISTORY_SESSIONS: Final = 20
HISTORY_LIFE: Final = timedelta(days=30)
EXCUSED: Final = timedelta(minutes=5)  # older tries are forgotten by themselves
FACE_BUSY: Final = "face_busy"
LOOKED: Final = "looked"  # lively; whose face it is has yet to be found
# What a person can mend with the next frame; the frame does not count. All else is looked at by the session.
_MENDED: Final = frozenset({FaceCode.FACE_SMALL, FaceCode.FACE_DARK, FaceCode.FACE_BLURRED})
_OVERLOADED: Final = frozenset({FaceCode.FACE_BUSY, FaceCode.FACE_LATE, FaceCode.FACE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class DoorEvent:
    """The event that a face is asked for, and what its area asks."""

    counter: int
    code_hash: bytes
    match: Strictness
    challenge: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Who stands before which camera, and what for. `place`: device:7 or reader:3."""

    person: Person
    use: Use
    place: str
    flash: bool = True
    event: DoorEvent | None = None

    @property
    def plan(self) -> Plan:
        """The steps that are drawn for this."""
        if self.event is None:
            return Plan(Course.FULL, self.flash)
        return Plan(Course.DOOR if self.event.challenge else Course.LOOK, flash=False)


@dataclass(frozen=True, slots=True)
class Told:
    """How a capture stands, for the page before the camera."""

    phase: str
    step: Step | None
    done: int
    of: int
    sequence: int
    hint: str = ""  # a FaceCode, of a frame that did not count
    code: str = ""  # why it failed, for the person
    more: dict[str, bool | int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """As it goes over the wire."""
        step = None if self.step is None else {"move": self.step.move.value, "colour": self.step.colour}
        told: dict[str, object] = {"phase": self.phase, "step": step, "done": self.done, "of": self.of}
        told |= {"sequence": self.sequence, "hint": self.hint}
        return told | ({"code": self.code} if self.code else {}) | self.more


@dataclass(frozen=True, slots=True)
class Begun:
    """A capture that may begin."""

    session: UUID
    nonce: bytes = field(repr=False)
    told: Told
    seconds: int = int(LIFE_SECONDS)

    def as_dict(self) -> dict[str, object]:
        """As it goes over the wire."""
        told = self.told.as_dict() | {"session": str(self.session), "nonce": b64url(self.nonce)}
        return told | {"seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Finished:
    """A capture that passed: what it gave, and for whom."""

    row: FaceSession
    passed: Passed
    model: Model  # by which its measures were made
    now: datetime


def begin_session(*, ask: Ask, now: datetime) -> Begun:
    """Draw the steps and let the camera begin. A door's repeated question gets the same session.

    Raises Refused: face_closed, consent_missing, face_not_enrolled, face_not_confirmed, face_outdated,
    face_locked, face_taken.
    """
    if ask.event is not None and (held := _asked_before(ask, ask.event)) is not None:
        return held
    consent = permission(ask.person)
    if ask.use in {Use.UNLOCK, Use.DOOR}:
        usable_template(ask.person.subject.pk)
    _excuse(ask, now)
    until = tries.locked_until(tries.keys_of(ask.person, ask.place), now.timestamp())
    if until:
        wait = max(1, int(until - now.timestamp()))
        raise Refused(
            "face_locked", "Too many tries. Wait a while, or use the other way.", status=429, wait=wait
        )
    row = FaceSession(
        id=uuid.uuid4(),
        subject=ask.person.subject,
        person=ask.person.number,
        use=ask.use,
        place=ask.place,
        consent=consent,
        begun_at=now,
    )
    if ask.event is not None:
        row.counter, row.code_hash, row.match = ask.event.counter, ask.event.code_hash, ask.event.match.value
    session = begin(binding(row), ask.plan, now=now.timestamp(), session_id=str(row.pk))
    row.sealed = sealing.seal_session(session, subject=row.subject_id)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            tries.begun(ask.person, ask.place, str(row.pk), now.timestamp())
    except IntegrityError:
        raise Refused("face_taken", "This was asked twice at once. Try again.", retry=True) from None
    return _begun(row, session)


def _excuse(ask: Ask, now: datetime) -> None:
    """What was walked away from while nobody could look counts against nobody."""
    mine = FaceSession.objects.filter(subject=ask.person.subject, place=ask.place, outcome=FACE_BUSY)
    for session in mine.filter(begun_at__gte=now - EXCUSED).values_list("pk", flat=True):
        tries.forgotten(ask.person, ask.place, str(session), now.timestamp())


def permission(person: Person) -> ConsentRecord:
    """The consent on which a camera may begin. Raises Refused: face_closed, consent_missing."""
    if not purpose_open(Purpose.FACE):
        raise closed()
    consent = consent_in_force(person.subject.pk, Purpose.FACE)
    if consent is None:
        raise Refused("consent_missing", "This person has not agreed to it.", status=403)
    return consent


def usable_template(subject: UUID) -> FaceTemplate:
    """A face that can be compared with and is confirmed.

    Raises Refused: face_not_enrolled, face_not_confirmed, face_outdated.
    """
    template = live_template(subject)
    if template is None:
        raise Refused("face_not_enrolled", "No face is enrolled.")
    if not template.verified:
        raise Refused("face_not_confirmed", "The enrolled face has yet to be confirmed by your company.")
    if is_outdated(template):
        raise Refused("face_outdated", "Faces are measured in another way now. Enrol anew.")
    return template


def state_of(row: FaceSession) -> Session | None:
    """The session as it stands; None where it does not open."""
    return sealing.open_session(bytes(row.sealed), session_id=str(row.pk), subject=row.subject_id)


def binding(row: FaceSession) -> Binding:
    """What the session is for, as it says itself."""
    return Binding(row.use, str(row.person), row.place, str(row.consent_id))


def _asked_before(ask: Ask, event: DoorEvent) -> Begun | None:
    row = FaceSession.objects.filter(place=ask.place, counter=event.counter).first()
    if row is None:
        return None
    session = state_of(row) if row.ended_at is None else None
    same = bytes(row.code_hash or b"") == event.code_hash and row.subject_id == ask.person.subject.pk
    if session is None or not same or session.sequence:
        raise Refused("face_taken", "A face was looked for already.")
    return _begun(row, session)


def take_frame(*, frame: Frame, place: str, now: datetime, looker: Looker) -> tuple[Told, Finished | None]:
    """One frame of a capture at `place`, which came at `now`. With the frame that passes it, what it gave.

    Raises Refused: liveness_failed for a frame of no session of this place, or out of its row.
    """
    row = (
        FaceSession.objects.select_related("subject", "consent").filter(pk=frame.session, place=place).first()
    )
    session = _running(row, frame)
    if row is None or session is None:
        raise other_session()
    moment = now.timestamp()
    ended = expire(session, moment)
    if ended.phase is not Phase.RUNNING:
        return _ended(row, session, ended, now), None
    if frame.sequence != session.sequence:
        # A frame that is said again, or one of two that raced: the page is told which one is next.
        return _told(session, hint="out_of_order"), None
    try:
        seen = watch(
            looker,
            Arrived(frame.picture, frame.sequence, moment),
            lambda found, quality: _fit(quality) and wants_embedding(session, found),
            shape=wanted_shape(session),
        )
    except FaceRefused as refused:
        if refused.code in _OVERLOADED:
            _write(row, session, unseen(session, moment), outcome=FACE_BUSY)
        return _told(session, hint=refused.code.value), None
    after = _accepted(session, row, frame, seen.observation)
    if after.phase is Phase.FAILED:
        return _ended(row, session, after, now), None
    hint = _hint(seen.observation, seen.quality)
    if after.phase is Phase.RUNNING:
        _write(row, session, after)
        return _told(after, hint=hint), None
    claimed, passed = claim(after, _ticket(row, frame), now=moment)
    if seen.model is None:
        raise other_session()
    _write(row, session, claimed, outcome=LOOKED, ended_at=now)
    return _told(claimed), Finished(row, passed, seen.model, now)


def _running(row: FaceSession | None, frame: Frame) -> Session | None:
    if row is None or row.ended_at is not None or row.use == Use.DESK:
        return None
    session = state_of(row)
    if session is None or not secrets.compare_digest(session.nonce, frame.nonce):
        return None
    return session


def other_session() -> Refused:
    """A frame that belongs to nothing that runs here."""
    return Refused("liveness_failed", "This capture is over. Begin again.", retry=True)


def _ticket(row: FaceSession, frame: Frame) -> Ticket:
    return Ticket(str(row.pk), frame.nonce, binding(row))


def _accepted(session: Session, row: FaceSession, frame: Frame, seen: Observation) -> Session:
    try:
        return accept(session, _ticket(row, frame), seen, history=_history(row))
    except LivenessRefused:
        raise other_session() from None


def _history(row: FaceSession) -> Iterator[Mark]:
    """Marks of the person's earlier captures: a film of one of them is known again."""
    earlier = FaceSession.objects.filter(
        subject=row.subject_id, ended_at__isnull=False, begun_at__gte=row.begun_at - HISTORY_LIFE
    ).exclude(use=Use.DESK)
    for one in earlier.order_by("-begun_at")[:HISTORY_SESSIONS]:
        session = state_of(one)
        if session is not None:
            yield from session.marks


def _fit(quality: Quality | None) -> bool:
    return quality is None or quality.fault not in _MENDED


def _hint(seen: Observation, quality: Quality | None) -> str:
    if not seen.faces:
        return FaceCode.FACE_NONE.value
    return "" if quality is None or quality.fault not in _MENDED else quality.fault.value


def _write(
    row: FaceSession, before: Session, after: Session, *, outcome: str = "", ended_at: datetime | None = None
) -> None:
    """Over the version that was read alone. Raises Refused where another frame came first."""
    held = FaceSession.objects.filter(pk=row.pk, version=before.version, ended_at=None)
    changed = held.update(
        sealed=sealing.seal_session(after, subject=row.subject_id),
        version=after.version,
        outcome=outcome,
        ended_at=ended_at,
    )
    if not changed:
        raise other_session()


def _ended(row: FaceSession, before: Session, after: Session, now: datetime) -> Told:
    """It failed: on record with its kind, which the person is not told."""
    kind = after.kind or Kind.NOT_PASSED
    with transaction.atomic():
        _write(row, before, after, outcome=kind.value, ended_at=now)
        fail(row, kind.value, now)
    return _told(after, code="liveness_failed")


def fail(row: FaceSession, kind: str, now: datetime) -> None:
    """Count a capture that did not do, and put it on record. In the caller's transaction."""
    person = Person(row.subject, row.person)
    ledger.record(
        actor=person.actor,
        verb="face_failed",
        subject_kind="holder",
        handle=row.person,
        data={"session": str(row.pk), "use": row.use, "where": row.place, "kind": kind},
    )
    tries.failed(person, row.place, str(row.pk), now.timestamp())


def _begun(row: FaceSession, session: Session) -> Begun:
    return Begun(row.pk, session.nonce, _told(session))


def _told(session: Session, *, hint: str = "", code: str = "") -> Told:
    phase = "passed" if session.phase is Phase.CLAIMED else session.phase.value
    done = len(session.steps) if phase == "passed" else session.at
    return Told(phase, session.step, done, len(session.steps), session.sequence, hint, code)
