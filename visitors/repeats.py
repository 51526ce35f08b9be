"""When a series takes place: a rule over days at the site, bounded. Pure."""

import datetime as dt
from collections.abc import Collection
from typing import Final
from zoneinfo import ZoneInfo

from visitors.refusals import Refused

MOST_TIMES: Final = 100
LONGEST: Final = dt.timedelta(days=366)
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def times(
    begins: dt.datetime, ends: dt.datetime, *, weekdays: Collection[int], until: dt.date, zone: str
) -> list[tuple[dt.datetime, dt.datetime]]:
    """The first time and each later one on these weekdays (0 is Monday; none: every day) up to a day.

    The clock at the site counts: a visit at nine is at nine before and after the clocks change. Raises
    Refused: series_ends_first, series_too_long, too_many_at_once.
    """
    where = ZoneInfo(zone)
    first, last = begins.astimezone(where), ends.astimezone(where)
    if until < first.date():
        raise Refused("series_ends_first", "The last day is before the first visit.", status=422)
    if until - first.date() > LONGEST:
        raise Refused("series_too_long", "A series lasts a year at most.", status=422)
    found = []
    for number in range((until - first.date()).days + 1):
        day = dt.timedelta(days=number)
        if number == 0 or not weekdays or (first + day).weekday() in weekdays:
            # Wall clock arithmetic: the same zone keeps the hour.
            found.append((first + day, last + day))
    if len(found) > MOST_TIMES:
        text = f"This would be {len(found)} visits. {MOST_TIMES} at once are possible."
        raise Refused("too_many_at_once", text, status=422)
    return found
