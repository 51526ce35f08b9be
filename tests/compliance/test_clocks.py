"""Deadlines: months as Regulation (EEC, Euratom) 1182/71 counts them, working days, zones, clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from compliance.clocks import Calendar, calendar, days_left, due
from compliance.deadlines import DEADLINES, Span
from compliance.law import PROFILES

BERLIN = calendar("DE", "BE", "Europe/Berlin")
CALIFORNIA = calendar("US", "CA", "America/Los_Angeles")
PARIS = calendar("FR", "", "Europe/Paris")
GDPR, CCPA = DEADLINES["gdpr"], DEADLINES["ccpa"]


def at(day: str, where: Calendar, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), where.zone).replace(hour=hour)


def last_day(day: str, span: Span, where: Calendar) -> str:
    return due(at(day, where), span, where).astimezone(where.zone).date().isoformat()


@pytest.mark.parametrize(
    ("received", "until"),
    [
        ("2026-03-05", "2026-04-07"),  # 5 April is Easter Sunday, 6 April Easter Monday
        ("2027-01-31", "2027-03-01"),  # 28 February is a Sunday
        ("2025-01-31", "2025-02-28"),
        ("2024-01-31", "2024-02-29"),  # a leap year
        ("2024-01-30", "2024-02-29"),
        ("2024-02-29", "2024-04-02"),  # 29 March is Good Friday, 1 April Easter Monday
        ("2026-08-31", "2026-09-30"),
        ("2026-11-25", "2026-12-28"),  # Christmas Day, Boxing Day, Sunday
        ("2026-02-08", "2026-03-09"),  # 8 March is Women's Day in Berlin, and a Sunday
        ("2027-02-08", "2027-03-09"),  # 8 March 2027 is a Monday: free in Berlin alone
    ],
)
def test_one_month_in_berlin(received: str, until: str) -> None:
    """GDPR Art. 12(3); Regulation 1182/71 Art. 3(2)(c) and 3(4)."""
    assert "12(3)" in GDPR.cites
    assert "1182/71" in GDPR.cites
    assert last_day(received, GDPR.answer, BERLIN) == until


def test_a_holiday_is_one_where_it_is_kept() -> None:
    assert last_day("2027-02-08", GDPR.answer, PARIS) == "2027-03-08"
    assert last_day("2026-06-14", GDPR.answer, PARIS) == "2026-07-15"  # the Fourteenth of July
    assert last_day("2026-06-14", GDPR.answer, BERLIN) == "2026-07-14"
    nowhere = calendar("", "", "UTC")
    assert last_day("2026-11-25", GDPR.answer, nowhere) == "2026-12-25"


def test_two_further_months_run_from_receipt() -> None:
    """GDPR Art. 12(3): three months in all, counted from the same day."""
    assert last_day("2025-11-30", GDPR.extended, BERLIN) == "2026-03-02"  # 28 February 2026 is a Saturday


def test_california_confirms_in_ten_business_days() -> None:
    """11 CCR 7021(a); Thanksgiving, the day after it in California, and weekends do not count."""
    assert CCPA.acknowledge is not None
    assert "7021(a)" in CCPA.acknowledge_cites
    assert last_day("2026-11-20", CCPA.acknowledge, CALIFORNIA) == "2026-12-08"
    assert last_day("2026-11-21", CCPA.acknowledge, CALIFORNIA) == "2026-12-08"  # a Saturday


@pytest.mark.parametrize(("received", "until", "extended"), [("2026-11-11", "2026-12-26", "2027-02-09")])
def test_california_answers_in_45_calendar_days(received: str, until: str, extended: str) -> None:
    """11 CCR 7021(b): calendar days; the 26th is a Saturday and stays the last day."""
    assert "7021(b)" in CCPA.cites
    assert last_day(received, CCPA.answer, CALIFORNIA) == until
    assert last_day(received, CCPA.extended, CALIFORNIA) == extended


def test_the_day_is_the_companys() -> None:
    late = datetime(2026, 4, 30, 22, 30, tzinfo=UTC)  # the first of May in Berlin, still April in California
    assert due(late, GDPR.answer, BERLIN).astimezone(BERLIN.zone).date() == date(2026, 6, 1)
    assert due(late, CCPA.answer, CALIFORNIA) == datetime(2026, 6, 15, 6, 59, 59, tzinfo=UTC)


def test_clocks_that_change_meanwhile() -> None:
    """Received in summer time, due in winter time: the end of the day as the wall clock shows it."""
    assert due(at("2026-10-14", BERLIN), GDPR.answer, BERLIN) == datetime(
        2026, 11, 16, 22, 59, 59, tzinfo=UTC
    )
    assert due(at("2026-03-10", BERLIN), GDPR.answer, BERLIN) == datetime(2026, 4, 10, 21, 59, 59, tzinfo=UTC)
    # Havana sets its clocks back at one in the morning, Asunción did at midnight: 23:00 to 24:00 came twice.
    asuncion = calendar("", "", "America/Asuncion")
    end = asuncion.end_of(date(2024, 3, 23))
    assert end.utcoffset() == timedelta(hours=-4)


def test_days_left() -> None:
    until = due(at("2026-11-26", BERLIN), GDPR.answer, BERLIN)  # 26 December is free: the 28th
    assert days_left(until, at("2026-12-21", BERLIN, 23), BERLIN) == 7
    assert days_left(until, at("2026-12-28", BERLIN, 23), BERLIN) == 0
    assert days_left(until, at("2026-12-29", BERLIN, 0), BERLIN) == -1


def test_each_law_has_its_clock_or_says_that_it_has_none() -> None:
    assert DEADLINES.keys() == PROFILES.keys()
    for profile in ("bipa", "cubi", "none"):
        assert "a rule of Sallyport" in DEADLINES[profile].cites
        assert DEADLINES[profile].acknowledge is None


@pytest.mark.parametrize(
    ("country", "part", "zone"), [("XX", "", "UTC"), ("DE", "ZZ", "UTC"), ("", "", "Mars/Base")]
)
def test_an_unknown_calendar_is_refused(country: str, part: str, zone: str) -> None:
    with pytest.raises(ValueError, match="no "):
        calendar(country, part, zone)


def test_the_zone_of_a_company_without_a_choice() -> None:
    assert calendar("", "", "").zone == ZoneInfo("UTC")
