"""A paper: titled sections of sentences and tables; the same one as a page, as JSON and as PDF."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; each row is as long as `columns`."""

    columns: Row
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Section:
    """A part with the place in the law that asks for it; `missing` is what the company has yet to say."""

    title: str
    cites: str = ""
    words: Sequence[str] = ()
    grid: Grid | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole; `key` is a file's name."""

    key: str
    title: str
    company: str
    made_at: datetime
    lead: str
    sections: Sequence[Section]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "made_at": self.made_at.isoformat(timespec="seconds")}

    @property
    def missing(self) -> list[str]:
        """What the company has yet to say."""
        return [section.missing for section in self.sections if section.missing]
