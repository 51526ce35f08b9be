"""Whose data lay where something leaked: asked when a breach has to be judged (GDPR Art. 33(3)(a), 34).

Rooms register in their `affected.py`, which the house loads by name: what they hold of whom (`source`), which
places can be named (`places`), and who people are (`naming`). Whoever asks knows none of them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from vault.holdings import Known

DOOR: Final = "door"
READER: Final = "reader"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was open to others: from, until (aware; the end is outside), and where.

    `places`: kind of place → its numbers. A kind that is not named does not narrow anything.
    """

    begins: datetime
    ends: datetime
    places: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def at(self, kind: str) -> frozenset[int] | None:
        """The chosen places of a kind; None for all of them."""
        return self.places.get(kind) or None


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that can be named."""

    number: int
    name: str


Persons = Callable[[Exposure], Mapping[UUID, int]]  # subject → how many records
Choices = Callable[[], list[Choice]]
Naming = Callable[[Collection[UUID]], Mapping[UUID, Known]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of data. `by`: the kinds of place that narrow it; with none it is the same whatever the door."""

    name: str
    title: str
    by: tuple[str, ...]
    persons: Persons


sources: Final[dict[str, Source]] = {}
choices: Final[dict[str, Choices]] = {}
namings: Final[dict[str, Naming]] = {}
_Found = TypeVar("_Found", Choices, Naming)


def source(name: str, *, title: str, by: tuple[str, ...] = ()) -> Callable[[Persons], Persons]:
    """Register what says whose data of one kind were exposed."""

    def register(persons: Persons) -> Persons:
        if name in sources:
            raise RuntimeError(f"{name} is registered twice")
        sources[name] = Source(name, title, by, persons)
        return persons

    return register


def places(kind: str) -> Callable[[Choices], Choices]:
    """Register what lists the places of a kind."""
    return _once(choices, kind)


def naming(room: str) -> Callable[[Naming], Naming]:
    """Register what says who people are, many at once; it leaves out those it does not know."""
    return _once(namings, room)


def _once(registry: dict[str, _Found], name: str) -> Callable[[_Found], _Found]:
    def register(found: _Found) -> _Found:
        if name in registry:
            raise RuntimeError(f"{name} is registered twice")
        registry[name] = found
        return found

    return register


def who(subjects: Collection[UUID]) -> dict[UUID, Known]:
    """Who they are, as far as a room knows them: an erased person is in no answer."""
    found: dict[UUID, Known] = {}
    for name in sorted(namings):
        found |= namings[name]([one for one in subjects if one not in found])
    return found
