"""The state of one session, a frozen value that goes to bytes and back.

It holds digests, marks, positions, colour means and up to two embeddings; no picture. The embeddings are why
the bytes must be sealed before they leave the process (`biometrics.sealing.seal_session`).
"""

import base64
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np

from biometrics.liveness.flash import Reading
from biometrics.liveness.kinds import Kind
from biometrics.liveness.marks import Mark
from biometrics.liveness.observations import Floats
from biometrics.liveness.pose import Pose
from biometrics.liveness.steps import Course, Move, Plan, Step

LIFE_SECONDS: Final = 15.0
FORMAT: Final = 3


class Phase(StrEnum):
    RUNNING = "running"
    PASSED = "passed"
    CLAIMED = "claimed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Binding:
    """What a session is for: it serves nothing else. Opaque strings, compared as a whole.

    `where`: the device or the reader; `consent`: the live consent record that it was issued on.
    """

    purpose: str
    holder: str
    where: str
    consent: str


@dataclass(frozen=True, slots=True)
class Session:
    """One liveness session. Times are the server's clock in seconds.

    `version` grows by one with each change: the store writes only over the version that was read, so two
    frames that race cannot both go on from the same state, and nothing is claimed twice.
    """

    id: str
    nonce: bytes = field(repr=False)
    binding: Binding
    plan: Plan
    steps: tuple[Step, ...] = field(repr=False)  # what comes is nobody's to see
    began: float
    at: int = 0
    revealed: float = 0.0
    arrived: float = 0.0
    sequence: int = 0  # the next frame's
    digests: tuple[bytes, ...] = field(default=(), repr=False)
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    moved: int = 0  # how many marks are from before the last turn or step closer
    readings: tuple[Reading, ...] = ()
    first: Pose | None = None
    shape: tuple[float, ...] = ()  # of the face in the first frame, see biometrics.engine.laying
    last: Pose | None = None
    track: tuple[Pose, ...] = ()  # of this step, and of looking ahead before it
    passing: bool = False  # whether a face was seen on its way in this step
    left: tuple[float, ...] = ()  # of this turn's frames, see sheets.left_over
    same: bool = False  # whether one of them is the same person's
    last_face: float = 0.0  # when a face was last seen, those that leapt left out
    leaps: int = 0  # frames that were left out for a leap
    leapt: bool = False  # whether the last frame was one
    first_embedding: Floats | None = field(default=None, repr=False)
    last_embedding: Floats | None = field(default=None, repr=False)
    straight: tuple[Floats, ...] = field(default=(), repr=False)  # of steps that look ahead, near and far
    phase: Phase = Phase.RUNNING
    kind: Kind | None = None
    version: int = 0

    @property
    def step(self) -> Step | None:
        """What the person is shown now; None when the session has ended."""
        return self.steps[self.at] if self.phase is Phase.RUNNING else None


def to_bytes(session: Session) -> bytes:
    """The state as JSON. Seal it before it leaves the process."""
    told: dict[str, Any] = {"format": FORMAT}
    for name in Session.__dataclass_fields__:
        told[name] = _told(getattr(session, name))
    return json.dumps(told, separators=(",", ":")).encode()


def _told(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, np.ndarray):
        return base64.b64encode(value.astype("<f4").tobytes()).decode()
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    if isinstance(value, Mark):
        return [_told(value.bits), value.points]
    if isinstance(value, Binding | Plan | Step | Reading | Pose):
        return asdict(value)
    return value


def from_bytes(raw: bytes) -> Session:
    """What `to_bytes` made. Raises ValueError for another format; the bytes were opened, so they are ours."""
    told: dict[str, Any] = json.loads(raw)
    if told.pop("format", None) != FORMAT:
        raise ValueError("a liveness session of another format")
    readers: dict[str, Callable[[Any], Any]] = {
        "nonce": base64.b64decode,
        "binding": lambda one: Binding(**one),
        "plan": lambda one: Plan(Course(one["course"]), one["flash"]),
        "steps": lambda many: tuple(Step(Move(one["move"]), one["colour"]) for one in many),
        "digests": lambda many: tuple(base64.b64decode(one) for one in many),
        "marks": lambda many: tuple(Mark(base64.b64decode(bits), tuple(points)) for bits, points in many),
        "readings": lambda many: tuple(
            Reading(one["shown"], tuple(one["face"]), tuple(one["ground"])) for one in many
        ),
        "track": lambda many: tuple(Pose(**one) for one in many),
        "first": _pose,
        "shape": tuple,
        "left": tuple,
        "last": _pose,
        "first_embedding": _embedding,
        "last_embedding": _embedding,
        "straight": lambda many: tuple(_vector(one) for one in many),
        "phase": Phase,
        "kind": lambda one: None if one is None else Kind(one),
    }
    return Session(**{name: readers.get(name, _same)(value) for name, value in told.items()})


def _same(value: Any) -> Any:
    return value


def _pose(told: dict[str, float] | None) -> Pose | None:
    return None if told is None else Pose(**told)


def _embedding(told: str | None) -> Floats | None:
    return None if told is None else _vector(told)


def _vector(told: str) -> Floats:
    return np.frombuffer(base64.b64decode(told), dtype="<f4").astype(np.float64)
