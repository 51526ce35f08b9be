"""A face of five points before an imagined camera: what an engine would tell of it, without pictures.

Proportions in eyes' outer distances; a turn to the person's left moves the nose to the picture's right.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from biometrics.liveness.marks import Mark
from biometrics.liveness.observations import Floats, Observation, SeenFace
from biometrics.liveness.session import Ticket, accept, begin
from biometrics.liveness.state import Binding, Phase, Session
from biometrics.liveness.steps import COLOURS, Course, Move, Plan, Step

PERSON: Final = Binding("unlock", "holder:5", "device:12", "consent:7")
WIDTH, EYES = 640, 90.0
# u, v, depth: outer and inner corner of the eye on the picture's right, of the left one, base of the nose.
HEAD: Final = np.array(
    [(0.5, 0, 0), (0.18, 0, 0.06), (-0.5, 0, 0), (-0.18, 0, 0.06), (0, 0.62, 0.32)], dtype=np.float64
)
TURN: Final = 32.0  # degrees
EVERY: Final = 0.2  # seconds from frame to frame


def vector(seed: int) -> Floats:
    """A unit vector; each seed is another person."""
    raw = np.random.default_rng(seed).normal(size=128)
    return raw / np.linalg.norm(raw)


@dataclass(frozen=True)
class Look:
    """How the puppet stands. Angles in degrees."""

    yaw: float = 0.0
    scale: float = 1.0
    x: float = 320.0
    y: float = 220.0
    person: int = 1
    flat: bool = False  # a print: turned about a slanting axis
    slant: float = 0.0
    bent: float = 0.0  # the radius about which a print is bent, in eyes' distances; 0: not at all
    colour: str = ""
    lit: float = 0.1
    ground: float = 0.005


@dataclass
class Puppet:
    """Follows a session, frame by frame."""

    session: Session
    now: float = 100.0
    history: Sequence[Mark] = ()
    look: Look = field(default_factory=Look)
    sent: list[Observation] = field(default_factory=list)

    @property
    def ticket(self) -> Ticket:
        return Ticket(self.session.id, self.session.nonce, self.session.binding)

    def show(self, *, after: float = EVERY, embed: bool = True, **changes: Any) -> Session:
        """A frame as the puppet stands now, then accept it. `changes`: to the observation."""
        self.now += after
        seen = observed(self.look, self.session.sequence, self.now, embed=embed)
        return self.send(replace(seen, **changes))

    def send(self, seen: Observation) -> Session:
        self.sent.append(seen)
        self.session = accept(self.session, self.ticket, seen, history=self.history)
        return self.session

    def stand(self, **changes: Any) -> "Puppet":
        self.look = replace(self.look, **changes)
        return self

    def follow(self) -> Session:
        """Do what the step asks, until the next one is revealed or the session has ended."""
        at, step = self.session.at, self.session.step
        assert step is not None
        yaw, scale = self._asked(step)
        start, ramp = self.look, 0
        while self.session.at == at and self.session.phase is Phase.RUNNING and ramp < 12:
            ramp += 1
            share = min(1.0, max(0.0, (ramp - 1) / 3))
            self.stand(
                yaw=start.yaw + (yaw - start.yaw) * share,
                scale=start.scale + (scale - start.scale) * share,
                colour=step.colour,
            )
            self.show()
        return self.session

    def _asked(self, step: Step) -> tuple[float, float]:
        if step.move is Move.FLASH:
            return self.look.yaw, self.look.scale
        way = {Move.TURN_LEFT: 1, Move.TURN_RIGHT: -1}.get(step.move, 0)
        # Nobody turns twice by the same angle.
        return way * (TURN + 3 * np.sin(5 * self.now)), 1.32 if step.move is Move.CLOSER else 1.0

    def walk(self, until: Move | None = None) -> Session:
        """Follow steps to the end, or until this one is shown."""
        while self.session.step is not None and self.session.step.move is not until:
            self.follow()
        return self.session

    def walk_to_turn(self) -> Step:
        """Follow steps until a turn is shown; which one."""
        while self.session.step is not None and self.session.step.move not in (
            Move.TURN_LEFT,
            Move.TURN_RIGHT,
        ):
            self.follow()
        assert self.session.step is not None
        return self.session.step


def started(seed: int = 0, *, flash: bool = True, course: Course = Course.FULL, **more: Any) -> Puppet:
    """A puppet before a session that was drawn with this seed."""
    dice = np.random.default_rng(seed)
    plan = Plan(course, flash=flash)
    session = begin(
        PERSON, plan, now=100.0, session_id=f"s{seed}", draw=lambda below: int(dice.integers(below))
    )
    return Puppet(session, **more)


def observed(look: Look, sequence: int, at: float, *, embed: bool = True) -> Observation:
    """What an engine tells of a frame."""
    sway = 6 * np.sin(1.7 * at), 5 * np.cos(2.3 * at)
    middle = np.array([look.x + sway[0], look.y + sway[1]])
    points = placed(look) * EYES * look.scale + middle
    half = 0.9 * EYES * look.scale
    shade = np.random.default_rng(3).integers(0, 256, (16, 17))  # the room
    shade[4:10, 5:11] = np.random.default_rng(int(look.yaw) + 77).integers(0, 256, (6, 6))
    light = np.array(COLOURS[look.colour] if look.colour else (255, 255, 255)) / 255
    box = (middle[0] - half, middle[1] - 0.7 * half, middle[0] + half, middle[1] + 1.3 * half)
    return Observation(
        sequence=sequence,
        arrived_at=at,
        digest=hashlib.sha256(f"{look}{sequence}{at}".encode()).digest(),
        width=WIDTH,
        thumbnail=shade.astype(np.uint8),
        faces=(SeenFace(tuple(float(value) for value in box), points),),  # type: ignore[arg-type]
        face_colour=tuple(np.array([150.0, 120.0, 100.0]) * (0.8 + look.lit * light)),
        ground_colour=tuple(np.array([90.0, 100.0, 110.0]) * (0.8 + look.ground * light)),
        embedding=near(look) if embed else None,
        laid=laid(look) if embed else None,
    )


def near(look: Look) -> Floats:
    """The person's vector, a little off for the turn."""
    raw = vector(look.person) + 0.25 * abs(look.yaw) / TURN * vector(1000 + look.person)
    return raw / np.linalg.norm(raw)


def laid(look: Look) -> Floats:
    """The same when its points are laid back to where they lay: a print is its first picture again."""
    return near(replace(look, yaw=0.4 * look.yaw)) if look.flat else near(look)


def placed(look: Look) -> Floats:
    """The five points (u, v), turned."""
    angle = np.radians(look.yaw)
    if not look.flat:
        across = HEAD[:, 0] * np.cos(angle) + HEAD[:, 2] * np.sin(angle)
        return np.stack([across, HEAD[:, 1]], axis=1)
    slant = np.radians(look.slant)
    turn = np.array([[np.cos(slant), np.sin(slant)], [-np.sin(slant), np.cos(slant)]])
    flat: Floats = HEAD[:, :2] @ turn.T
    flat[:, 0] = flat[:, 0] * np.cos(angle) + _bow(look.bent) * np.sin(angle)
    back: Floats = flat @ turn
    return back


def _bow(radius: float) -> Floats:
    """How far the five places stand out of a sheet that is bent about the upright through its middle."""
    if not radius:
        return np.zeros(len(HEAD))
    bow: Floats = np.sqrt(radius**2 - HEAD[:, 0] ** 2) - np.sqrt(radius**2 - HEAD[0, 0] ** 2)
    return bow
