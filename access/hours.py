"""Between the minutes that a schedule stores and the times that people type."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\Z")


class HoursError(ValueError):
    """What was typed is not a list of spans; the text says what would be."""


def _minute(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > MINUTES_A_DAY:
        raise HoursError(f"{hour}:{minute} is not a time of day.")
    return value


def read_spans(text: str) -> list[tuple[int, int]]:
    """`"08:00-12:00, 13:00-18:00"` → minutes.

    A span may end at 24:00, or earlier than it begins: it then runs over midnight. Raises HoursError.
    """
    spans = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = SPAN.match(part)
        if match is None:
            raise HoursError(f"“{part}” is not a span of time. Write it like 08:00-18:00.")
        start, end = _minute(match[1], match[2]), _minute(match[3], match[4])
        if start in {end, MINUTES_A_DAY}:
            raise HoursError(f"“{part}” is empty.")
        spans.append((start, end))
    return spans


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def write_spans(spans: Iterable[Sequence[int]]) -> str:
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in sorted(map(tuple, spans)))


class Bar(NamedTuple):
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class DayOfWeek:
    name: str
    spans: list[tuple[int, int]]

    @property
    def text(self) -> str:
        return write_spans(self.spans)

    @property
    def bars(self) -> list[Bar]:
        """The spans as a drawing 1440 wide; what runs over midnight goes to the edge."""
        return [Bar(start, (end if start < end else MINUTES_A_DAY) - start) for start, end in self.spans]


def week(intervals: Iterable[Sequence[int]]) -> list[DayOfWeek]:
    """The seven days of a schedule, each with its spans in order."""
    days: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    for weekday, start, end in intervals:
        days[weekday].append((start, end))
    return [DayOfWeek(name, sorted(spans)) for name, spans in zip(WEEKDAYS, days, strict=True)]
