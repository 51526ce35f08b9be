"""What the rooms hold of a person: found for whoever answers a request, and destroyed with the person.

Each room registers what it holds in its own models, in modules that the house loads by name: `exporting.py`
(`@exporter`), `erasing.py` (`@eraser`), `finding.py` (`@finder`, `@place`) and `correcting.py`
(`@corrector`). Whoever answers requests asks all of them and knows none.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

Cell = str | int | bool | None


# Finding


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody a room knows: by name and address as the room opens them, never stored elsewhere."""

    source: str  # the finder's name
    subject: UUID
    number: int | None  # the handle under which deeds name them
    kind: str  # EMPLOYEE, VISITOR, operator ...
    name: str
    email: str
    address: str = ""  # of their page in the console


class Finder(Protocol):
    """Finds persons of one room in the current company."""

    def by_mail(self, email: str) -> list[Known]:
        """Those with this mail address, equal but for case and outer spaces."""

    def by_name(self, term: str) -> list[Known]:
        """Those whose name begins so, or nearly; 20 at most."""

    def of(self, subject: UUID) -> Known | None:
        """Who this is, if the room knows them."""


# Telling


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose data, under which law (a key of compliance.law.PROFILES), in which language to speak of them."""

    subject: UUID
    law: str
    language: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `free`: people wrote it, so it may speak of others: looked at before it leaves."""

    key: str
    title: str
    free: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind, as they are told to the person. Times are ISO 8601 with their offset."""

    name: str  # stable: a file's name
    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]] = field(repr=False)
    said: str = ""  # a sentence above the rows
    given: bool = False  # provided by the person: what portability covers (GDPR Art. 20(1))


Export = Callable[[Asking], Iterable[Table]]


@dataclass(frozen=True, slots=True)
class Exporter:
    name: str
    title: str
    order: int
    tables: Export


# Erasing


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of thing in a plan of erasure, or what became of it.

    What stays names its ground, and the day it goes if there is one.
    """

    what: str
    count: int
    goes: bool = True
    ground: str = ""
    until: date | None = None


class Eraser(Protocol):
    """Erases what one room holds of a person.

    `erase` runs in a transaction of its own, and again where a run was cut: it is idempotent and its second
    run counts nothing. `obstacles` are reasons in words why the person cannot be erased now.
    """

    def plan(self, subject: UUID) -> list[Item]:
        """What would go and what would stay, now."""

    def obstacles(self, subject: UUID) -> list[str]:
        """Why not; usually empty."""

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        """Do it; what went and what stays."""


@dataclass(frozen=True, slots=True)
class Erasing:
    name: str
    title: str
    order: int  # access ends first (10), what rests on it follows, the key goes last (90)
    eraser: Eraser


# Confirming


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a place outside of the database has taken up the policy of a moment."""

    place: str  # "reader:7"
    name: str
    confirmed_at: datetime | None
    why: str = ""  # why not yet: when it was last heard
    nothing_given: bool = False  # it was never given anything that could name anybody: it need not confirm


Place = Callable[[tuple[int, int]], list[Confirmation]]


# Correcting


@dataclass(frozen=True, slots=True)
class Correctable:
    """A field that may be corrected for its person, as it stands."""

    key: str
    title: str
    value: str = field(repr=False)


class Corrector(Protocol):
    """Corrects what one room holds of a person (GDPR Art. 16)."""

    def fields(self, subject: UUID) -> list[Correctable]:
        """What may be corrected, as it stands; empty where nothing may."""

    def correct(self, subject: UUID, values: Mapping[str, str], *, by: str) -> list[str]:
        """Write these; the keys that changed. Raises ValueError, its text said to the officer."""


finders: Final[dict[str, Finder]] = {}
exporters: Final[dict[str, Exporter]] = {}
erasers: Final[dict[str, Erasing]] = {}
places: Final[dict[str, Place]] = {}
correctors: Final[dict[str, Corrector]] = {}


def finder(name: str) -> Callable[[type[Finder]], type[Finder]]:
    """Register a class (no arguments) that finds persons."""

    def register(found: type[Finder]) -> type[Finder]:
        _once(finders, name)
        finders[name] = found()
        return found

    return register


def exporter(name: str, *, title: str, order: int) -> Callable[[Export], Export]:
    """Register what yields a room's tables of a person."""

    def register(tables: Export) -> Export:
        _once(exporters, name)
        exporters[name] = Exporter(name, title, order, tables)
        return tables

    return register


def eraser(name: str, *, title: str, order: int) -> Callable[[type[Eraser]], type[Eraser]]:
    """Register a class (no arguments) that erases."""

    def register(found: type[Eraser]) -> type[Eraser]:
        _once(erasers, name)
        erasers[name] = Erasing(name, title, order, found())
        return found

    return register


def place(name: str) -> Callable[[Place], Place]:
    """Register what says, for a point (epoch, seq) of the policy, which places have taken it up."""

    def register(found: Place) -> Place:
        _once(places, name)
        places[name] = found
        return found

    return register


def corrector(name: str) -> Callable[[type[Corrector]], type[Corrector]]:
    """Register a class (no arguments) that corrects, under the name of the finder that knows its people.

    A room above may correct more of the same people: both are asked, each for its own fields.
    """

    def register(found: type[Corrector]) -> type[Corrector]:
        known = correctors.get(name)
        correctors[name] = found() if known is None else _Both(known, found())
        return found

    return register


class _Both:
    """Two rooms that correct the same people."""

    def __init__(self, first: Corrector, second: Corrector) -> None:
        self._rooms = (first, second)

    def fields(self, subject: UUID) -> list[Correctable]:
        return [one for room in self._rooms for one in room.fields(subject)]

    def correct(self, subject: UUID, values: Mapping[str, str], *, by: str) -> list[str]:
        """What nobody may correct now goes to the first, which says why."""
        parts = [{one.key for one in room.fields(subject)} & values.keys() for room in self._rooms]
        if not any(parts):
            return self._rooms[0].correct(subject, values, by=by)
        return [
            key
            for room, keys in zip(self._rooms, parts, strict=True)
            if keys
            for key in room.correct(subject, {one: values[one] for one in sorted(keys)}, by=by)
        ]


def exporters_in_order() -> list[Exporter]:
    """By order, then name."""
    return sorted(exporters.values(), key=lambda one: (one.order, one.name))


def erasers_in_order() -> list[Erasing]:
    """By order, then name."""
    return sorted(erasers.values(), key=lambda one: (one.order, one.name))


def _once(registry: Container[str], name: str) -> None:
    if name in registry:
        raise RuntimeError(f"{name} is registered twice")
