"""The rules of a session: begin, take frames one by one, hand out the result once.

    session = begin(binding, Plan(Course.FULL, flash=True), now=now, session_id=session_id)
    seen = watch(looker, arrived, lambda seen, quality: wants_embedding(session, seen)).observation
    session = accept(session, ticket, seen, history=marks_of_recent_sessions)   # these two for each frame
    session, passed = claim(session, ticket, now=now)

A frame that is refused raises and leaves the session as it was; a frame that fails the session gives it back
ended, with its kind. Either way the person hears `liveness_failed`.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from biometrics.engine.interface import POINTS, Points
from biometrics.engine.laying import shape_of
from biometrics.liveness import flash, pose
from biometrics.liveness.kinds import Kind, LivenessRefused
from biometrics.liveness.marks import NEAR_SHARE_WITHIN, Mark, mark_of, seen_before, short_digest
from biometrics.liveness.observations import Floats, Observation, readable
from biometrics.liveness.pose import Pose, pose_of
from biometrics.liveness.sheets import LEAST_AWAY, MEASURED, is_sheet, left_over
from biometrics.liveness.state import LIFE_SECONDS, Binding, Phase, Session
from biometrics.liveness.steps import TURNS, Draw, Move, Plan, Step, draw_steps

NONCE_BYTES: Final = 16
MOST_TRACK: Final = 40
MOST_FRAMES: Final = 150
STEP_SECONDS: Final = 4.0  # the longest time for one step
GAP_SECONDS: Final = 2.5  # between two frames: a mobile network that stalls for a second fails nobody
AWAY_SECONDS: Final = 1.2  # without a face
REACTION_SECONDS: Final = 0.25  # nobody has turned that soon after being told
FLASH_SECONDS: Final = 0.334  # each colour stands at least so long: three a second at the most
# Cosine distance of faces within one session: same camera, same light, seconds apart.
SAME_FACE: Final = 0.06
SAME_TURNED: Final = 0.075
OTHER_TURNED: Final = 0.1  # no frame of a turn may be further, and one at least within the line above
MOST_LEAPS: Final = 2  # frames of a session, and no two after another

STRAIGHT: Final = (Move.CENTRE, Move.CLOSER)
_ALIKE: Final = {Move.CENTRE: SAME_FACE, Move.CLOSER: SAME_TURNED}
UNDONE: Final = {
    Move.CENTRE: Kind.NOT_CENTRED,
    Move.TURN_LEFT: Kind.NO_TURN,
    Move.TURN_RIGHT: Kind.NO_TURN,
    Move.CLOSER: Kind.NOT_CLOSER,
    Move.FLASH: Kind.NO_FLASH,
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What comes with every frame: which session, its nonce, and for what it is shown."""

    session_id: str
    nonce: bytes = field(repr=False)
    binding: Binding


@dataclass(frozen=True, slots=True)
class Passed:
    """What a session that passed gives, once: the face for matching, and marks to remember its frames by.

    `straight`: each frame that looked ahead, near and far: what an enrolment is made of.
    """

    binding: Binding
    embedding: Floats = field(repr=False)
    straight: tuple[Floats, ...] = field(repr=False)
    marks: tuple[Mark, ...] = field(repr=False)


def begin(
    binding: Binding, plan: Plan, *, now: float, session_id: str, draw: Draw = secrets.randbelow
) -> Session:
    """A new session with its steps drawn. The caller has seen a live consent record and asked `Tries`."""
    return Session(
        session_id,
        bytes(draw(256) for _ in range(NONCE_BYTES)),
        binding,
        plan,
        draw_steps(plan, draw),
        began=now,
        revealed=now,
        arrived=now,
        last_face=now,
    )


def accept(session: Session, ticket: Ticket, seen: Observation, *, history: Iterable[Mark] = ()) -> Session:
    """The session after a frame. `history`: marks of the holder's and the device's earlier sessions.

    Raises LivenessRefused, without effect, for a ticket of another session and for a session that has ended.
    """
    _admit(session, ticket, Phase.RUNNING)
    kind = _wrong_frame(session, seen)
    if kind is not None:
        return failed(session, kind)
    digest = short_digest(seen)
    now = replace(
        session,
        arrived=seen.arrived_at,
        sequence=session.sequence + 1,
        digests=(*session.digests, digest),
        version=session.version + 1,
    )
    if not seen.faces:
        lost = seen.arrived_at - session.last_face > AWAY_SECONDS
        return failed(now, Kind.FACE_LOST) if lost and session.last else _waited(now, seen)
    mark, found = mark_of(seen, seen.faces[0]), pose_of(seen.faces[0])
    if seen_before(mark, history):
        return failed(now, Kind.FRAME_REPEATED)
    if session.last and pose.jumped(found, session.last, seen.arrived_at - session.last_face):
        return _leapt(now, seen)
    return _step(replace(now, last=found, last_face=seen.arrived_at, leapt=False), seen, found, mark)


def wants_embedding(session: Session, seen: Observation) -> bool:
    """Whether this frame, seen without an embedding, counts for its step and so needs one.

    Embedding costs more than all else: this is some six frames of thirty.
    """
    step = session.step
    if step is None or step.move is Move.FLASH or len(seen.faces) != 1 or not readable(seen):
        return False
    found = pose_of(seen.faces[0])
    return _done(_tracked(session, step, found), step, found, seen.arrived_at - session.revealed)[0]


def wanted_shape(session: Session) -> Points | None:
    """To which shape the next frame's face is to be laid back: the first frame's, in a turn."""
    if session.step is None or session.step.move not in TURNS or not session.shape:
        return None
    return np.array(session.shape, dtype=np.float32).reshape(POINTS, 2)


def expire(session: Session, now: float) -> Session:
    """The session at a later time: one that runs, or passed and was not claimed, ends with its life."""
    over = now - session.began > LIFE_SECONDS and session.phase in (Phase.RUNNING, Phase.PASSED)
    return failed(session, Kind.EXPIRED) if over else session


def unseen(session: Session, now: float) -> Session:
    """The session after a frame that came and that nobody could look at: its time is nobody's fault.

    The session's own life goes on to its end, so waiting gains nothing.
    """
    lost = max(0.0, now - session.arrived)
    return replace(
        session,
        arrived=max(now, session.arrived),
        revealed=session.revealed + lost,
        last_face=session.last_face + lost,
        version=session.version + 1,
    )


def claim(session: Session, ticket: Ticket, *, now: float) -> tuple[Session, Passed]:
    """The result, once: store the session that comes with it before using it. Raises LivenessRefused."""
    _admit(session, ticket, Phase.PASSED)
    if now - session.began > LIFE_SECONDS:
        raise LivenessRefused(Kind.EXPIRED)
    if session.first_embedding is None or session.last_embedding is None:
        raise LivenessRefused(Kind.NOT_PASSED)
    mean = session.first_embedding + session.last_embedding
    claimed = replace(
        session,
        phase=Phase.CLAIMED,
        first_embedding=None,
        last_embedding=None,
        straight=(),
        version=session.version + 1,
    )
    return claimed, Passed(session.binding, mean / np.linalg.norm(mean), session.straight, session.marks)


def failed(session: Session, kind: Kind) -> Session:
    """The session ended; what was measured of the face goes, marks and digests stay."""
    return replace(
        session,
        phase=Phase.FAILED,
        kind=kind,
        first_embedding=None,
        last_embedding=None,
        straight=(),
        version=session.version + 1,
    )


def _admit(session: Session, ticket: Ticket, phase: Phase) -> None:
    """The nonce in constant time, and all of it before anything is said about the session's state."""
    same = hmac.compare_digest(session.nonce, ticket.nonce)
    if not (same and session.id == ticket.session_id and session.binding == ticket.binding):
        raise LivenessRefused(Kind.OTHER_SESSION)
    if session.phase is not phase:
        not_yet = phase is Phase.PASSED and session.phase is Phase.RUNNING
        raise LivenessRefused(Kind.NOT_PASSED if not_yet else Kind.ALREADY_ENDED)


def _wrong_frame(session: Session, seen: Observation) -> Kind | None:
    """What is wrong with a frame whatever it shows."""
    if not readable(seen):
        return Kind.NOT_READABLE
    if seen.arrived_at - session.began > LIFE_SECONDS:
        return Kind.EXPIRED
    if short_digest(seen) in session.digests:
        return Kind.FRAME_REPEATED
    if seen.sequence != session.sequence or seen.arrived_at < session.arrived:
        return Kind.OUT_OF_ORDER
    if session.sequence >= MOST_FRAMES:
        return Kind.TOO_MANY_FRAMES
    if session.sequence and seen.arrived_at - session.arrived > GAP_SECONDS:
        return Kind.FRAME_LATE
    return Kind.TWO_FACES if len(seen.faces) > 1 else None


def _step(session: Session, seen: Observation, found: Pose, mark: Mark) -> Session:
    """What a frame with one face means for the step that is shown."""
    step = session.steps[session.at]
    taken = seen.arrived_at - session.revealed
    session = _tracked(session, step, found)
    done, kind = _done(session, step, found, taken)
    if kind is not None:
        return failed(session, kind)
    if not done or (step.move is not Move.FLASH and seen.embedding is None):
        return _waited(session, seen)
    if step.move in TURNS:
        session = _turned(session, seen)
        if session.phase is Phase.FAILED:
            return session
        if not _turn_shown(session, step):
            return _waited(session, seen)
    if taken > _longest(session):
        return failed(session, Kind.FRAME_LATE)
    if step.move is not Move.FLASH:
        # Who only held still since then is at the same place; who has moved comes back to another.
        if seen_before(mark, session.marks[: session.moved], NEAR_SHARE_WITHIN):
            return failed(session, Kind.FRAME_REPEATED)
        moved = session.moved if step.move is Move.CENTRE else len(session.marks)
        session = replace(session, marks=(*session.marks, mark), moved=moved)
    return _advance(session, step, seen, found)


def _leapt(session: Session, seen: Observation) -> Session:
    """Landmarks leap in a single frame where a head has not: that frame is as one without a face."""
    if session.leapt or session.leaps >= MOST_LEAPS or seen.arrived_at - session.last_face > AWAY_SECONDS:
        return failed(session, Kind.JUMPED)
    return _waited(replace(session, leaps=session.leaps + 1, leapt=True), seen)


def _tracked(session: Session, step: Step, found: Pose) -> Session:
    """With this pose on the track of the step."""
    on_way = session.first and step.move in TURNS and pose.passing(found, session.first, _way(step))
    track = (*session.track[-MOST_TRACK:], found)
    return replace(session, track=track, passing=session.passing or bool(on_way))


def _done(session: Session, step: Step, found: Pose, taken: float) -> tuple[bool, Kind | None]:
    """Whether the step is followed; a kind where it was followed as no person would."""
    first = session.first
    if step.move is Move.CENTRE or first is None:
        return pose.centred(found, first) and (first is None or taken >= REACTION_SECONDS), None
    if step.move is Move.FLASH:
        return taken >= FLASH_SECONDS, None
    if step.move is Move.CLOSER:
        near = pose.closer(found, first)
        return near, Kind.TOO_SOON if near and taken < REACTION_SECONDS else None
    way, wanted = pose.turned(found, first), _way(step)
    if way and way != wanted:
        return False, Kind.WRONG_TURN
    if way and taken < REACTION_SECONDS:
        return False, Kind.TOO_SOON
    return bool(way) and session.passing, None


def _turned(session: Session, seen: Observation) -> Session:
    """With what a turned face's measures say: whose it is, and how much is left of it when laid back."""
    first, turned, laid = session.first_embedding, seen.embedding, seen.laid
    if first is None or turned is None or laid is None:
        return session
    away = _away(session, seen)
    if away > OTHER_TURNED:
        return failed(session, Kind.OTHER_FACE)
    if away < LEAST_AWAY:
        return session
    left = (*session.left, left_over(first, turned, laid))
    return replace(session, left=left, same=session.same or away <= SAME_TURNED)


def _turn_shown(session: Session, step: Step) -> bool:
    """Whether the frames of a turn are enough to tell."""
    if session.first is None or not session.same or len(session.left) < MEASURED:
        return False
    return pose.has_depth(session.track, session.first, _way(step))


def _longest(session: Session) -> float:
    """Seconds for the step that is shown; the first has all: people have to find their place."""
    return STEP_SECONDS if session.at else LIFE_SECONDS


def _way(step: Step) -> int:
    return 1 if step.move is Move.TURN_LEFT else -1


def _waited(session: Session, seen: Observation) -> Session:
    """A frame that does not follow the step: the next one may, until its time is over."""
    if seen.arrived_at - session.revealed <= _longest(session):
        return session
    return failed(session, UNDONE[session.steps[session.at].move])


def _advance(session: Session, step: Step, seen: Observation, found: Pose) -> Session:
    """The step is done: keep what it gave, look at what it completes, reveal the next."""
    if step.move is Move.FLASH:
        session = replace(session, readings=(*session.readings, flash.reading_of(seen, step.colour)))
    if step.move in STRAIGHT and seen.embedding is not None:
        session = replace(session, straight=(*session.straight, seen.embedding))
    if session.at == 0:
        shape = tuple(round(float(value), 6) for value in shape_of(seen.faces[0].landmarks).ravel())
        session = replace(session, first=found, shape=shape, first_embedding=seen.embedding)
        if len(session.steps) == 1:
            session = replace(session, last_embedding=seen.embedding)
    elif step.move is not Move.FLASH:
        if step.move not in TURNS and _away(session, seen) > _ALIKE[step.move]:
            return failed(session, Kind.OTHER_FACE)
        if step.move in TURNS and is_sheet(session.left):
            return failed(session, Kind.A_SHEET)
        session = replace(session, last_embedding=seen.embedding)
    if session.at + 1 < len(session.steps):
        onward = replace(
            session, at=session.at + 1, revealed=seen.arrived_at, passing=False, left=(), same=False
        )
        if step.move is not Move.CENTRE:
            onward = replace(onward, track=())
        ends_flash = step.move is Move.FLASH and onward.steps[onward.at].move is not Move.FLASH
        return (
            failed(session, Kind.NO_FLASH)
            if ends_flash and not flash.took_colours(session.readings)
            else onward
        )
    return replace(session, phase=Phase.PASSED)


def _away(session: Session, seen: Observation) -> float:
    if session.first_embedding is None or seen.embedding is None:
        return 2.0
    return 1 - float(session.first_embedding @ seen.embedding)
