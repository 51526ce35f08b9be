"""A calendar file with attendees (RFC 5545): each attendee of each event becomes a line.

Repeating events are expanded within bounds: a year ahead, a hundred times each, and only by rules that end
soon whatever they say. A rule outside of that is told, never tried.
"""

import datetime as dt
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, vCalAddress, vRecur
from icalendar.error import BrokenCalendarProperty

from visitors.files.lines import MOST_LINES, Line, language_of, too_many
from visitors.files.tables import wrong
from visitors.refusals import Refused
from visitors.repeats import MOST_TIMES
from visitors.services.inviting import line as one_line

AHEAD: Final = dt.timedelta(days=366)
BEHIND: Final = dt.timedelta(days=5 * 366)  # a rule that began earlier would be run through for too long
MOST_EVENTS: Final = 2_000
MOST_SECONDS: Final = 5.0  # of expanding in all
RULES: Final = {
    "DAILY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"},
    "WEEKLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY"},
    "MONTHLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"},
}
NO_PERSONS: Final = {"ROOM", "RESOURCE", "GROUP"}

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True, slots=True)
class Where:
    """What a calendar leaves open: the zone of floating times, the length without an end, and now."""

    zone: str
    length: dt.timedelta
    now: dt.datetime


class _WrongError(ValueError):
    """An event that cannot be used; its text is the line's code."""


def read(text: str, where: Where) -> list[Line]:
    """The lines of a calendar. Raises Refused: calendar_broken, calendar_cancels, no_attendees,
    too_many_lines, file_too_costly.
    """
    events = _events(text)
    if len(events) > MOST_EVENTS:
        raise too_many()
    moved = {key for event in events if (key := _moved(event, where)) is not None}
    found: list[Line] = []
    begun = time.monotonic()
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        for line in _lines(event, where, moved, len(found)):
            found.append(line)
            if len(found) > MOST_LINES:
                raise too_many()
        if time.monotonic() - begun > MOST_SECONDS:
            raise Refused("file_too_costly", "The events repeat in too many ways. Part the file.", status=422)
    if not found:
        raise Refused("no_attendees", "No event in this calendar has attendees.", status=422)
    return found


def _events(text: str) -> list[Any]:
    try:
        calendar = Calendar.from_ical(text)
        events = list(calendar.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise Refused("calendar_broken", "This is no calendar file that can be read.", status=422) from None
    if str(calendar.get("METHOD", "")).upper() == "CANCEL":
        told = "This file cancels events. Cancel the visits in the list instead."
        raise Refused("calendar_cancels", told, status=422)
    return events


def _lines(event: Any, where: Where, moved: set[tuple[str, str]], before: int) -> Iterator[Line]:
    guests = list(_attendees(event))
    if not guests:
        return
    subject = one_line(str(event.get("SUMMARY", "")))[:200]
    try:
        spans = _spans(event, where, moved)
    except (_WrongError, BrokenCalendarProperty, OverflowError) as error:
        code = str(error) if isinstance(error, _WrongError) else "time_wrong"
        for number, (name, email, language) in enumerate(guests, before + 1):
            yield Line(number, name, email, "", language, subject=subject, code=code)
        return
    pairs = itertools.product(spans, guests)
    for number, ((begins, ends), (name, email, language)) in enumerate(pairs, before + 1):
        code = wrong(name, email) or ("" if email else "mail_missing")
        yield Line(number, name, email, "", language, begins, ends, subject, code)


def _moved(event: Any, where: Where) -> tuple[str, str] | None:
    """Which time of which series an event stands for instead."""
    try:
        moment = getattr(event.get("RECURRENCE-ID"), "dt", None)
        return (str(event.get("UID", "")), _key(moment, where)) if isinstance(moment, dt.date) else None
    except (BrokenCalendarProperty, OverflowError):
        return None


def _attendees(event: Any) -> Iterator[tuple[str, str, str]]:
    told = event.get("ATTENDEE", [])
    for attendee in told if isinstance(told, list) else [told]:
        if not isinstance(attendee, vCalAddress):
            continue
        params = attendee.params
        if str(params.get("CUTYPE", "")).upper() in NO_PERSONS:
            continue
        address = str(attendee)
        email = one_line(address.partition(":")[2] if address.casefold().startswith("mailto:") else "")
        name = one_line(str(params.get("CN", ""))) or email.partition("@")[0]
        if "@" in name:  # many calendars repeat the address as the name
            name = name.partition("@")[0]
        yield name, email[:254], language_of(str(params.get("LANGUAGE", "")))


def _spans(event: Any, where: Where, moved: set[tuple[str, str]]) -> list[Span]:
    begins, length = _begin(event, where)
    if "RRULE" not in event:
        return [(begins, begins + length)]
    uid = str(event.get("UID", ""))
    gone = {_key(moment.dt, where) for moment in _dates(event.get("EXDATE"))}
    found = []
    for moment in _repeated(event, begins, where):
        key = _key(moment, where)
        if key not in gone and (uid, key) not in moved:
            found.append((moment, moment + length))
    if not found:
        raise _WrongError("window_over")
    return found


def _begin(event: Any, where: Where) -> tuple[dt.datetime, dt.timedelta]:
    start = getattr(event.get("DTSTART"), "dt", None)
    if not isinstance(start, dt.date):
        raise _WrongError("time_wrong")
    begins = _moment(start, where)
    end, length = getattr(event.get("DTEND"), "dt", None), getattr(event.get("DURATION"), "dt", None)
    if isinstance(end, dt.date):
        lasts = _moment(end, where) - begins
    elif isinstance(length, dt.timedelta):
        lasts = length
    else:
        # RFC 5545, 3.6.1: a day without an end is that day.
        lasts = where.length if isinstance(start, dt.datetime) else dt.timedelta(days=1)
    if lasts <= dt.timedelta():
        raise _WrongError("window_empty")
    return begins, lasts


def _moment(value: dt.date, where: Where) -> dt.datetime:
    """A day begins at midnight at the site; a time without a zone is the site's."""
    zone = ZoneInfo(where.zone)
    if not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time(), zone)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _repeated(event: Any, begins: dt.datetime, where: Where) -> list[dt.datetime]:
    rule = event["RRULE"]
    if not isinstance(rule, vRecur) or begins < where.now - BEHIND or not _bounded(rule):
        raise _WrongError("rule_not_understood")
    zone = begins.tzinfo
    parts = str(rule.to_ical().decode()).split(";")  # type: ignore[no-untyped-call]
    text = ";".join(part for part in parts if not part.startswith("UNTIL="))
    last = where.now + AHEAD
    until = rule.get("UNTIL", [None])[0]
    if isinstance(until, dt.datetime):
        last = min(last, _moment(until, where))
    elif isinstance(until, dt.date):
        last = min(last, _moment(until, where) + dt.timedelta(days=1))
    found = []
    # By the clock of the event's own zone: nine stays nine where the clocks change.
    try:
        for naive in rrulestr(text, dtstart=begins.replace(tzinfo=None)):
            moment = naive.replace(tzinfo=zone)
            if moment > last:
                break
            if moment >= where.now:
                found.append(moment)
            if len(found) == MOST_TIMES:
                break
    except (ValueError, OverflowError):
        raise _WrongError("rule_not_understood") from None
    return found


def _bounded(rule: Any) -> bool:
    """Whether the rule's next time is found soon, whatever its parts say."""
    freq = str(rule.get("FREQ", [""])[0]).upper()
    if freq not in RULES or not set(rule) <= RULES[freq]:
        return False
    places = [int(place) for place in rule.get("BYSETPOS", [])]
    # The sixth Monday of a month is looked for until the year 9999.
    nths = [int(str(day)[:-2]) for day in rule.get("BYDAY", []) if str(day)[:-2] not in {"", "+", "-"}]
    days = [int(day) for day in rule.get("BYMONTHDAY", [])]
    return (
        int(rule.get("INTERVAL", [1])[0]) >= 1
        and all(abs(place) <= 5 for place in (*places, *nths))
        and all(1 <= abs(day) <= 31 for day in days)
        and not (nths and places)
        and not (days and (nths or rule.get("BYMONTH") == [2]))
    )


def _dates(value: Any) -> list[Any]:
    """All moments of one or several EXDATE lines."""
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return [moment for one in lists for moment in getattr(one, "dts", [])]


def _key(value: dt.date, where: Where) -> str:
    return _moment(value, where).astimezone(dt.UTC).isoformat()
