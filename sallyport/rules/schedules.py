"""Schedules in local wall time: weekly intervals, special days, nights that run past midnight.

Wall time decides, so a change of the clocks needs no rule: an hour that is skipped never comes, an hour that
comes twice is open twice.
"""

import json
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

DAY = 1440  # minutes


class Interval(NamedTuple):
    """Hours of one weekday, 0 = Monday; an end below the start lies in the next day, 0-1440 is all day."""

    weekday: int
    start_minute: int
    end_minute: int


class LocalTime(NamedTuple):
    """A minute on the wall clock: `date.toordinal()` and the minute of the day."""

    day: int
    minute: int


@lru_cache(maxsize=4096)
def _local_minute(zone: str, minute: int) -> LocalTime | None:
    try:
        local = datetime.fromtimestamp(minute * 60, ZoneInfo(zone))
    except (ValueError, OSError, OverflowError, LookupError):  # what a name that is no zone can raise
        return None
    return LocalTime(local.toordinal(), local.hour * 60 + local.minute)


def local_time(zone: str, now: int) -> LocalTime | None:
    """Wall time in the IANA zone at unix second `now`; None for a zone that does not exist."""
    return _local_minute(zone, now // 60)


def _checked(start: int, end: int) -> tuple[int, int]:
    # An empty interval is refused, not read as a whole day: the mistake must not open a door for 24 hours.
    if not (0 <= start < DAY and 0 <= end <= DAY and start != end):
        raise ValueError("an interval starts at minute 0..1439, ends at 0..1440 and is not empty")
    return (start, end)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly intervals, and what holds on the site's special days.

    On a special day: closed when `closed_on_special`; else the hours of `on_special` (start, end) when there
    are any; else as on any other day. Raises ValueError for an interval that is none.
    """

    id: int
    intervals: tuple[Interval, ...]
    on_special: tuple[tuple[int, int], ...] = ()
    closed_on_special: bool = False
    text: str = field(init=False, repr=False, compare=False)  # `compact` as JSON, ready for the facts
    _week: tuple[tuple[tuple[int, int], ...], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for weekday, start, end in self.intervals:
            if not 0 <= weekday <= 6:
                raise ValueError("a weekday is 0..6")
            week[weekday].append(_checked(start, end))
        for start, end in self.on_special:
            _checked(start, end)
        object.__setattr__(self, "_week", tuple(tuple(day) for day in week))
        object.__setattr__(self, "text", json.dumps(self.compact(), separators=(",", ":")))

    def hours(self, day: int, *, special: bool) -> tuple[tuple[int, int], ...]:
        """The (start, end) intervals that begin on a day (ordinal)."""
        if special:
            if self.closed_on_special:
                return ()
            if self.on_special:
                return self.on_special
        return self._week[(day + 6) % 7]

    def compact(self) -> list[Any]:
        """As small JSON: [id, [[weekday, start, end]...], [[start, end]...], closed]."""
        return [self.id, self.intervals, self.on_special, self.closed_on_special]

    @classmethod
    def from_compact(cls, data: list[Any]) -> "Schedule":
        """The schedule of `compact`, also after a way through JSON."""
        number, intervals, on_special, closed = data
        special = tuple((start, end) for start, end in on_special)
        return cls(number, tuple(Interval(*one) for one in intervals), special, closed)


def is_open(schedule: Schedule, local: LocalTime | None, special_days: Set[int]) -> bool:
    """Whether the schedule is open at this minute. `special_days` are ordinals of dates at the site.

    Hours belong to the day on which they begin. A night that began on an ordinary day ends at midnight when a
    special day with a rule of its own follows: closed means closed from 00:00.
    """
    if local is None:
        return False
    day, minute = local
    today_special = day in special_days
    for start, end in schedule.hours(day, special=today_special):
        if start <= minute and (minute < end or end < start):
            return True
    yesterday_special = day - 1 in special_days
    if today_special and (schedule.closed_on_special or (schedule.on_special and not yesterday_special)):
        return False
    return any(
        end < start and minute < end for start, end in schedule.hours(day - 1, special=yesterday_special)
    )
