"""What is so in this company, in figures and settings: papers are written from it and not from memory.

Rooms register in their `facts.py`, which the house loads by name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Topic(StrEnum):
    """Where a fact belongs in a paper."""

    PEOPLE = "people"
    PLACES = "places"
    FACES = "faces"
    MEASURES = "measures"


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is about, and how it stands now. No personal data."""

    topic: Topic
    title: str
    value: str


Telling = Callable[[], Iterable[Fact]]
tellings: Final[dict[str, Telling]] = {}


def tells(room: str) -> Callable[[Telling], Telling]:
    """Register what tells a room's facts about the current company."""

    def register(telling: Telling) -> Telling:
        if room in tellings:
            raise RuntimeError(f"{room} tells its facts twice")
        tellings[room] = telling
        return telling

    return register


def facts(topic: Topic) -> list[Fact]:
    """All facts of a topic, room by room."""
    return [fact for room in sorted(tellings) for fact in tellings[room]() if fact.topic is topic]
