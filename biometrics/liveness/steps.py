"""The steps of a session and how the server draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

RGB = tuple[int, int, int]
# A number below its argument, each as likely: `secrets.randbelow`, or a test's own.
Draw = Callable[[int], int]

FLASHES: Final = 6
LOW: Final = 60  # not black in the other channels: WCAG 2.2 (2.3.1) counts saturated red apart
COLOURS: Final[dict[str, RGB]] = {
    "red": (255, LOW, LOW),
    "yellow": (255, 255, LOW),
    "green": (LOW, 255, LOW),
    "cyan": (LOW, 255, 255),
    "blue": (LOW, LOW, 255),
    "magenta": (255, LOW, 255),
}
LEAST_CHANGES: Final = 2  # each channel is bright and dark at least so often, or it says nothing


class Move(StrEnum):
    """Left and right are the person's own."""

    CENTRE = "centre"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    CLOSER = "closer"
    FLASH = "flash"


TURNS: Final = (Move.TURN_LEFT, Move.TURN_RIGHT)


class Course(StrEnum):
    """FULL: on a phone or kiosk beforehand. DOOR: one turn, before a match at the reader. LOOK: once
    straight ahead, which shows that a face was there and no more.
    """

    FULL = "full"
    DOOR = "door"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which course, and whether the screen may flash: for whom it could harm, one more turn instead."""

    course: Course
    flash: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What the person is shown; `colour` names the screen's colour of a flash."""

    move: Move
    colour: str = ""


def draw_steps(plan: Plan, draw: Draw) -> tuple[Step, ...]:
    """The steps of one session; the first and the last look straight ahead."""
    centre = Step(Move.CENTRE)
    if plan.course is Course.LOOK:
        return (centre,)
    if plan.course is Course.DOOR:
        return (centre, _turn(draw), centre)
    moves = [_turn(draw), Step(Move.CLOSER)] + ([] if plan.flash else [_turn(draw)])
    parts = [[move] for move in _shuffled(moves, draw)]
    if plan.flash:
        parts.insert(draw(len(parts) + 1), [Step(Move.FLASH, name) for name in draw_colours(draw)])
    return (centre, *(step for part in parts for step in (*part, centre)))


def draw_colours(draw: Draw) -> tuple[str, ...]:
    """Six colours, no two neighbours alike, every channel both bright and dark more than once."""
    names = tuple(COLOURS)
    while True:
        drawn = tuple(names[draw(len(names))] for _ in range(FLASHES))
        if all(one != other for one, other in pairwise(drawn)) and _tells(drawn):
            return drawn


def _tells(drawn: tuple[str, ...]) -> bool:
    bright = [sum(COLOURS[name][channel] > LOW for name in drawn) for channel in range(3)]
    return all(LEAST_CHANGES <= count <= FLASHES - LEAST_CHANGES for count in bright)


def _turn(draw: Draw) -> Step:
    return Step(TURNS[draw(len(TURNS))])


def _shuffled(steps: list[Step], draw: Draw) -> list[Step]:
    left, out = list(steps), []
    while left:
        out.append(left.pop(draw(len(left))))
    return out
