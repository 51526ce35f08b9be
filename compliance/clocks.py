"""Until when something is due: months, calendar days and working days, in the company's zone and calendar.

Pure but for the data of zones and holidays (`zoneinfo`, `holidays`). A period begins with the day of receipt
as the company's clock shows it and ends with the last second of its last day there.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from compliance.deadlines import Span

SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_LAST_SECOND: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where days begin, and which of them nobody works. Without a country weekends alone are free."""

    zone: ZoneInfo
    free: Container[date] = field(default=frozenset())

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() < SATURDAY and day not in self.free

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment falls here."""
        return moment.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The day's last second; where clocks are set back within it, the later one."""
        return datetime.combine(day, _LAST_SECOND, self.zone).replace(fold=1)


def calendar(country: str, subdivision: str, zone: str) -> Calendar:
    """Of a country (ISO 3166-1 alpha-2) and its part, both may be empty. Raises ValueError if unknown."""
    try:
        where = ZoneInfo(zone or "UTC")
    except (KeyError, OSError, ValueError) as error:  # KeyError: ZoneInfoNotFoundError
        raise ValueError(f"no such time zone: {zone}") from error
    return Calendar(where, _free_days(country, subdivision)) if country else Calendar(where)


@lru_cache(maxsize=64)
def _free_days(country: str, subdivision: str) -> Container[date]:
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise ValueError(f"no holidays are known for {country} {subdivision}".rstrip()) from error


def due(received: datetime, span: Span, where: Calendar) -> datetime:
    """The last second in which it is in time."""
    day = where.day_of(received)
    if span.working_days:
        return where.end_of(_working_days_after(day, span.working_days, where))
    day = day + relativedelta(months=span.months) + timedelta(days=span.days)
    while span.rolls and not where.works(day):
        day += _DAY
    return where.end_of(day)


def _working_days_after(day: date, count: int, where: Calendar) -> date:
    while count:
        day += _DAY
        count -= where.works(day)
    return day


def days_left(until: datetime, now: datetime, where: Calendar) -> int:
    """Whole days of the calendar until the last one: 0 on it, negative after it."""
    return (where.day_of(until) - where.day_of(now)).days
