"""How long kinds of data are kept: each room registers its kinds, whoever deletes asks all and knows none.

Rooms do so in modules `keeping.py`, which the house loads by name. A keeper counts and deletes what lies
before a cutoff; whose data may not be touched now it is told, and leaves out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable
from uuid import UUID

Handles = frozenset[tuple[str, int]]  # ("device", 7): as deeds name them


class Category(StrEnum):
    """What bounds of law speak of."""

    DOOR_RECORD = "door_record"  # who was let in where and when: what PCI DSS calls a visitor log
    VISIT = "visit"  # who came to see whom: what a rule may demand of a record of visitors
    PERSON = "person"
    FACE = "face"
    PROOF = "proof"  # what the company needs to show that it kept the law
    RECORD = "record"  # deeds
    HOUSE = "house"  # technical


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Rows from before these moments go. A site that is not named has `other`; None: nothing goes."""

    other: datetime | None
    sites: Mapping[int, datetime | None] = field(default_factory=dict)

    @property
    def latest(self) -> datetime | None:
        """Nothing from after this moment goes anywhere."""
        moments = [one for one in (self.other, *self.sites.values()) if one is not None]
        return max(moments, default=None)


@dataclass(frozen=True, slots=True)
class Spared:
    """Whose data may not be touched, as subjects, and as what deeds and events name them by."""

    subjects: frozenset[UUID] = frozenset()
    handles: Handles = frozenset()

    def numbers(self, kind: str) -> list[int]:
        """The handles of one kind."""
        return sorted(number for one, number in self.handles if one == kind)


class Keeper(Protocol):
    """Counts and deletes one kind in the current company.

    `delete` is one short transaction over at most `most` rows, which waits for no row that somebody else
    holds; it returns how many went, and 0 when nothing is left to do.
    """

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many `delete` would take in all, now."""

    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Take some of them."""


@runtime_checkable
class Proposer(Protocol):
    """Counts people whose time is over. They are not deleted as rows are: an erasure is opened for each.

    `people` names nobody twice who is in `spared`: there stand those, too, for whom one was opened.
    """

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many."""

    def people(self, cutoffs: Cutoffs, spared: Spared, most: int) -> list[UUID]:
        """Some of them, those who are longest gone first."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data. Titles and purposes by language (en, de, fr, es): they stand on the public page.

    `days` is what holds where the company has said nothing; None: kept until it says something. `fixed`
    periods are not the company's to choose. `from_when` says in English from when the days count. `said`
    stands in place of the days where it is not one number that holds.
    """

    name: str
    category: Category
    titles: Mapping[str, str] = field(hash=False)
    from_when: str
    keeper: Keeper | Proposer = field(repr=False)
    order: int = 50  # what refers to others goes before them
    days: int | None = None
    fixed: bool = False
    per_site: bool = False
    shown: bool = True  # on the public page
    by_itself: bool = False  # of people: the erasure is carried out, no officer has to begin it
    said: Callable[[str], str] | None = field(default=None, repr=False)  # language → the period in words


Sites = Callable[[], list[tuple[int, str]]]
kinds: Final[dict[str, Kind]] = {}
sites: Final[list[Sites]] = []
namers: Final[list[Callable[[frozenset[UUID]], Iterable[tuple[str, int]]]]] = []


def keep(kind: Kind) -> Kind:
    """Register a kind of data."""
    if kind.name in kinds:
        raise RuntimeError(f"{kind.name} is registered twice")
    kinds[kind.name] = kind
    return kind


def names_sites(function: Sites) -> Sites:
    """Register what knows the company's sites, by number and name."""
    sites.append(function)
    return function


def all_sites() -> list[tuple[int, str]]:
    """The company's sites, by name."""
    return sorted((one for known in sites for one in known()), key=lambda site: site[1].casefold())


def names_people(
    function: Callable[[frozenset[UUID]], Iterable[tuple[str, int]]],
) -> Callable[[frozenset[UUID]], Iterable[tuple[str, int]]]:
    """Register what knows under which handles these subjects are named."""
    namers.append(function)
    return function


def spared(subjects: frozenset[UUID]) -> Spared:
    """These subjects with all the handles that rooms know them by."""
    if not subjects:
        return Spared()
    return Spared(subjects, frozenset(one for name in namers for one in name(subjects)))


def kinds_in_order() -> list[Kind]:
    """By order, then name."""
    return sorted(kinds.values(), key=lambda one: (one.order, one.name))


def titles(en: str, de: str, fr: str, es: str) -> Mapping[str, str]:
    """One title in the four languages."""
    return {"en": en, "de": de, "fr": fr, "es": es}
