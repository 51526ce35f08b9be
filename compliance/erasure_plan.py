"""What an erasure would do, asked of every room: what goes, what stays by which ground, why not yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.models import Case, CasePerson
from compliance.sparing import held
from vault import holdings
from vault.holdings import Item, Known


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """One room's part for one person."""

    name: str
    title: str
    items: list[Item]

    @property
    def going(self) -> list[Item]:
        return [item for item in self.items if item.goes]

    @property
    def staying(self) -> list[Item]:
        return [item for item in self.items if not item.goes]


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """One of the persons that a case is about. `known` is None once nobody knows them any more."""

    person: CasePerson
    known: Known | None
    rooms: list[RoomPlan]
    obstacles: list[str]
    held: bool

    @property
    def subject(self) -> UUID:
        return self.person.subject_id


@dataclass(frozen=True, slots=True)
class Plan:
    """Of all persons of a case."""

    persons: list[PersonPlan]

    @property
    def held(self) -> bool:
        return any(one.held for one in self.persons)

    @property
    def obstacles(self) -> list[str]:
        return [why for one in self.persons for why in one.obstacles]


def plan_of(case: Case) -> Plan:
    """The plan as it stands now. Counts, no names: those are read with the persons."""
    persons = list(CasePerson.objects.filter(case=case).order_by("id"))
    under_hold = held({person.subject_id for person in persons})
    return Plan([_of_person(person, person.subject_id in under_hold) for person in persons])


def why_not(subject: UUID) -> str:
    """Why this person cannot be erased at this moment, in words; empty where they can."""
    if held({subject}):
        return "A legal hold stands."
    return next((why for one in holdings.erasers_in_order() for why in one.eraser.obstacles(subject)), "")


def as_json(items: list[Item]) -> list[dict[str, Any]]:
    """As a step and a certificate keep them: counts and grounds."""
    return [
        {"what": item.what, "count": item.count, "goes": item.goes}
        | ({"ground": item.ground} if item.ground else {})
        | ({"until": item.until.isoformat()} if item.until else {})
        for item in items
    ]


def plan_json(plan: Plan) -> list[dict[str, Any]]:
    """The plan that an officer saw, for the record of the erasure."""
    return [
        {
            "person": str(one.subject),
            "source": one.person.source,
            "number": one.person.number,
            "rooms": [{"room": room.name, "items": as_json(room.items)} for room in one.rooms],
        }
        for one in plan.persons
    ]


def _of_person(person: CasePerson, under_hold: bool) -> PersonPlan:
    subject = person.subject_id
    rooms, obstacles = [], []
    for one in holdings.erasers_in_order():
        items = one.eraser.plan(subject)
        obstacles += one.eraser.obstacles(subject)
        if items:
            rooms.append(RoomPlan(one.name, one.title, items))
    return PersonPlan(person, _known(person), rooms, obstacles, under_hold)


def _known(person: CasePerson) -> Known | None:
    finders: Mapping[str, holdings.Finder] = holdings.finders
    finder = finders.get(person.source)
    return finder.of(person.subject_id) if finder is not None else None
