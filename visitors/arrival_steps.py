"""Which steps somebody at a kiosk has, which are open, and whether they wait. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from visitors.models import VisitState


class Step(StrEnum):
    """In the order in which they are done."""

    DETAILS = "details"
    DOCUMENTS = "documents"
    CONSENT = "consent"
    PHOTO = "photo"
    FACE = "face"
    WAY = "way"
    PHONE = "phone"
    PASS = "pass"  # noqa: S105  (the day pass)
    BADGE = "badge"


class Stage(StrEnum):
    """What the kiosk shows."""

    WAITING = "waiting"
    STEPS = "steps"
    DONE = "done"
    REFUSED = "refused"
    OVER = "over"


# Done before anybody is let in, so that nobody waits twice; the rest rests on admission.
BEFORE: Final = (Step.DETAILS, Step.DOCUMENTS, Step.CONSENT, Step.PHOTO)
_ENDED: Final = frozenset({VisitState.SIGNED_OUT, VisitState.EXPIRED, VisitState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Facts:
    """How an arrival stands. `done`: the steps that this visit has at all, and whether each is done."""

    ended: bool
    known: bool  # a walk-in, or an expected visitor whose code was given here
    state: VisitState | None  # of the visit; None where the name led to none
    done: Mapping[Step, bool] = field(default_factory=dict)

    @property
    def admitted(self) -> bool:
        """Whether they were let in."""
        return self.state == VisitState.ON_SITE


@dataclass(frozen=True, slots=True)
class Course:
    """What the kiosk is told."""

    stage: Stage
    steps: tuple[Step, ...] = ()
    open: tuple[Step, ...] = ()

    @property
    def next(self) -> Step | None:
        """The first open step."""
        return self.open[0] if self.open else None


def course_of(facts: Facts) -> Course:
    """The course of an arrival.

    Whoever gave no more than a name is told the same whether it led to a visit or not, also where that visit
    was refused or is over: they wait until the visit that it led to was admitted.
    """
    if facts.ended:
        return Course(Stage.OVER)
    if facts.state is None or not (facts.known or facts.admitted):
        return Course(Stage.WAITING)
    if facts.state == VisitState.REFUSED:
        return Course(Stage.REFUSED)
    if facts.state in _ENDED:
        return Course(Stage.OVER)
    steps = tuple(step for step in Step if step in facts.done)
    still = tuple(step for step in steps if not facts.done[step])
    if facts.admitted:
        return Course(Stage.STEPS if still else Stage.DONE, steps, still)
    first = tuple(step for step in still if step in BEFORE)
    return Course(Stage.STEPS if first else Stage.WAITING, steps, first)
