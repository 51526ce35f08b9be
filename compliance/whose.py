"""Whose data were exposed: asked of all rooms, for a breach."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from vault.affected import Exposure, Source, sources, who
from vault.holdings import Known


@dataclass(frozen=True, slots=True)
class Line:
    """One person: how many records of which kinds; `known` is None for somebody no room names any more."""

    subject: UUID
    known: Known | None
    counts: dict[str, int]

    @property
    def kinds(self) -> str:
        """In words: `Face templates (1), Door record (12)`."""
        return ", ".join(f"{title} ({count})" for title, count in self.counts.items())


@dataclass(frozen=True, slots=True)
class Whose:
    """What was found: per kind of data persons and records, and the persons in a stable order."""

    exposure: Exposure
    kinds: tuple[str, ...]
    per_kind: tuple[tuple[Source, int, int], ...]  # kind, persons, records
    subjects: tuple[UUID, ...]
    _counts: dict[UUID, dict[str, int]]

    @property
    def records(self) -> int:
        """Of all kinds."""
        return sum(records for _, _, records in self.per_kind)

    def lines(self, start: int = 0, stop: int | None = None) -> list[Line]:
        """Persons from `start` to before `stop`, with names and addresses."""
        chosen = self.subjects[start:stop]
        known = who(chosen)
        return [Line(one, known.get(one), self._counts[one]) for one in chosen]

    def facts(self) -> dict[str, Any]:
        """For the record: what was asked, what came of it, a hash by which the list is known again."""
        listed = "\n".join(str(one) for one in self.subjects).encode()
        return {
            "begins": self.exposure.begins.isoformat(),
            "ends": self.exposure.ends.isoformat(),
            "places": {kind: sorted(chosen) for kind, chosen in self.exposure.places.items()},
            "kinds": sorted(self.kinds),
            "persons": len(self.subjects),
            "records": self.records,
            "sha256": hashlib.sha256(listed).hexdigest(),
        }


def whose(exposure: Exposure, kinds: Sequence[str]) -> Whose:
    """Ask each of these kinds of data (names of `vault.affected.sources`; all of them if none is named)."""
    chosen = [sources[name] for name in sorted(sources) if not kinds or name in kinds]
    counts: dict[UUID, dict[str, int]] = {}
    per_kind = []
    for kind in chosen:
        found = kind.persons(exposure)
        for subject, many in found.items():
            counts.setdefault(subject, {})[kind.title] = many
        per_kind.append((kind, len(found), sum(found.values())))
    return Whose(
        exposure,
        tuple(kind.name for kind in chosen),
        tuple(per_kind),
        tuple(sorted(counts)),
        counts,
    )
