"""Schedules: weekly hours, nights, special days, the two days of the year on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.rules import Interval, LocalTime, Schedule, is_open, local_time
from tests.core.situations import ALWAYS, BERLIN, NEVER, OFFICE_HOURS, schedules

MONDAY = date(2026, 11, 23).toordinal()
NIGHT = Schedule(1, tuple(Interval(day, 22 * 60, 6 * 60) for day in range(5)))  # Monday to Friday nights
XMAS = MONDAY + 1
NONE: frozenset[int] = frozenset()


def at(day: int, hour: int, minute: int = 0) -> LocalTime:
    return LocalTime(day, hour * 60 + minute)


def berlin(text: str) -> LocalTime:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    local = local_time(BERLIN, int(moment.timestamp()))
    assert local is not None
    return local


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (at(MONDAY, 6, 59), False),
        (at(MONDAY, 7), True),
        (at(MONDAY, 18, 59), True),
        (at(MONDAY, 19), False),
        (at(MONDAY + 4, 12), True),
        (at(MONDAY + 5, 12), False),
        (at(MONDAY - 1, 12), False),
    ],
)
def test_office_hours(local: LocalTime, expected: bool) -> None:
    assert is_open(OFFICE_HOURS, local, NONE) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (at(MONDAY, 5, 59), False),  # Sunday's night is none
        (at(MONDAY, 21, 59), False),
        (at(MONDAY, 22), True),
        (at(MONDAY, 23, 59), True),
        (at(MONDAY + 1, 0), True),
        (at(MONDAY + 1, 5, 59), True),
        (at(MONDAY + 1, 6), False),
        (at(MONDAY + 5, 5, 59), True),  # Friday's night ends on Saturday
        (at(MONDAY + 5, 22), False),
    ],
)
def test_nights_run_past_midnight(local: LocalTime, expected: bool) -> None:
    assert is_open(NIGHT, local, NONE) is expected


def test_an_end_at_midnight_in_both_spellings() -> None:
    for end in (0, 1440):
        evening = Schedule(1, (Interval(0, 1080, end),))
        assert is_open(evening, at(MONDAY, 23, 59), NONE)
        assert not is_open(evening, at(MONDAY + 1, 0), NONE)


def special(closed: bool = False, hours: tuple[tuple[int, int], ...] = ()) -> Schedule:
    return Schedule(1, NIGHT.intervals + OFFICE_HOURS.intervals, hours, closed)


@pytest.mark.parametrize(
    ("schedule", "open_at"),
    [
        (special(), [(0, 0), (5, 59), (7, 0), (18, 59), (22, 0)]),
        (special(closed=True), []),
        (special(closed=True, hours=((600, 660),)), []),
        (special(hours=((600, 660),)), [(10, 0), (10, 59)]),
    ],
)
def test_a_special_day(schedule: Schedule, open_at: list[tuple[int, int]]) -> None:
    times = [(0, 0), (5, 59), (6, 30), (7, 0), (10, 0), (10, 59), (11, 0), (18, 59), (22, 0)]
    opened = {time for time in times if is_open(schedule, at(XMAS, *time), frozenset({XMAS}))}
    if open_at and schedule.on_special == ():
        open_at = [*open_at, (10, 0), (10, 59), (11, 0)]
    assert opened == set(open_at)


def test_what_begins_on_a_special_day_runs_into_the_next() -> None:
    schedule = Schedule(1, (), ((1320, 120),))
    assert is_open(schedule, at(XMAS, 23), frozenset({XMAS}))
    assert is_open(schedule, at(XMAS + 1, 1, 59), frozenset({XMAS}))
    assert not is_open(schedule, at(XMAS + 1, 2), frozenset({XMAS}))
    assert is_open(schedule, at(XMAS + 1, 1), frozenset({XMAS, XMAS + 1}))
    closed = Schedule(1, OFFICE_HOURS.intervals, ((1320, 120),), True)
    assert not is_open(closed, at(XMAS + 1, 1), frozenset({XMAS, XMAS + 1}))
    # The eve of a special day that is closed has no night into the day after it either.
    assert not is_open(special(closed=True), at(XMAS + 1, 1), frozenset({XMAS}))


def test_the_spring_day_has_no_hour_between_two_and_three() -> None:
    before, after = berlin("2026-03-29 00:59"), berlin("2026-03-29 01:00")
    assert (before.minute, after.minute) == (119, 180)
    sunday_two_to_three = Schedule(1, (Interval(6, 120, 180),))
    start = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp())
    minutes = (local_time(BERLIN, start + 60 * step) for step in range(24 * 60))
    assert not any(is_open(sunday_two_to_three, minute, NONE) for minute in minutes)
    # What spans the gap stays open through it.
    assert is_open(Schedule(1, (Interval(6, 60, 240),)), after, NONE)


def test_the_autumn_day_has_the_hour_between_two_and_three_twice() -> None:
    assert berlin("2026-10-25 00:30") == berlin("2026-10-25 01:30")
    sunday_two_to_three = Schedule(1, (Interval(6, 120, 180),))
    start = int(datetime(2026, 10, 24, 12, tzinfo=UTC).timestamp())
    minutes = (local_time(BERLIN, start + 60 * step) for step in range(24 * 60))
    assert sum(is_open(sunday_two_to_three, minute, NONE) for minute in minutes) == 120


def test_the_same_second_is_another_day_elsewhere() -> None:
    now = int(datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp())
    assert local_time("UTC", now) == at(MONDAY, 23, 30)
    assert local_time(BERLIN, now) == at(MONDAY + 1, 0, 30)
    assert local_time("America/Los_Angeles", now) == at(MONDAY, 15, 30)
    assert local_time("Asia/Kathmandu", now) == at(MONDAY + 1, 5, 15)


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "é"]
)
def test_a_zone_that_is_none_never_opens(zone: str) -> None:
    assert local_time(zone, 1_700_000_000) is None
    assert not is_open(ALWAYS, None, NONE)


@given(
    st.integers(1_500_000_000, 2_100_000_000),
    st.sampled_from([BERLIN, "America/St_Johns", "Australia/Lord_Howe"]),
)
def test_local_time_is_that_of_the_standard_library(now: int, zone: str) -> None:
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    assert local_time(zone, now) == (local.toordinal(), local.hour * 60 + local.minute)


@given(st.integers(-(2**70), 2**70))
def test_no_number_of_seconds_fails(now: int) -> None:
    assert local_time(BERLIN, now) is None or now < 2**48


def by_hand(schedule: Schedule, local: LocalTime, special_days: frozenset[int]) -> bool:
    """The rule as it is written, over absolute times of three days."""
    moment = datetime.fromordinal(local.day) + timedelta(minutes=local.minute)
    for day in (local.day - 1, local.day):
        if day in special_days and schedule.closed_on_special:
            continue
        own = day in special_days and bool(schedule.on_special)
        weekday = datetime.fromordinal(day).weekday()
        hours = (
            list(schedule.on_special)
            if own
            else [(start, end) for which, start, end in schedule.intervals if which == weekday]
        )
        for start, end in hours:
            begins = datetime.fromordinal(day) + timedelta(minutes=start)
            ends = datetime.fromordinal(day) + timedelta(minutes=end, days=1 if end < start else 0)
            if not begins <= moment < ends:
                continue
            crossed = day != local.day and local.day in special_days
            if crossed and (schedule.closed_on_special or (schedule.on_special and not own)):
                continue
            return True
    return False


@given(
    schedules,
    st.integers(MONDAY, MONDAY + 13),
    st.integers(0, 1439),
    st.frozensets(st.integers(MONDAY - 1, MONDAY + 13), max_size=5),
)
def test_is_open_is_the_rule_as_written(
    schedule: Schedule, day: int, minute: int, special_days: frozenset[int]
) -> None:
    local = LocalTime(day, minute)
    assert is_open(schedule, local, special_days) is by_hand(schedule, local, special_days)


@given(schedules, st.integers(MONDAY, MONDAY + 6), st.integers(0, 1439))
def test_a_closed_special_day_is_closed_all_day(schedule: Schedule, day: int, minute: int) -> None:
    closed = Schedule(schedule.id, schedule.intervals, schedule.on_special, True)
    assert not is_open(closed, LocalTime(day, minute), frozenset({day}))


@given(schedules)
def test_a_schedule_goes_through_json(schedule: Schedule) -> None:
    assert Schedule.from_compact(schedule.compact()) == schedule


@pytest.mark.parametrize(
    ("intervals", "on_special"),
    [
        ((Interval(7, 0, 60),), ()),
        ((Interval(-1, 0, 60),), ()),
        ((Interval(0, -1, 60),), ()),
        ((Interval(0, 1440, 60),), ()),
        ((Interval(0, 0, 1441),), ()),
        ((Interval(0, 480, 480),), ()),
        ((), ((0, 0),)),
        ((), ((0, 1441),)),
    ],
)
def test_an_interval_that_is_none_is_refused(
    intervals: tuple[Interval, ...], on_special: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(ValueError, match=r"interval|weekday"):
        Schedule(1, intervals, on_special)


def test_never_and_always() -> None:
    for minute in range(0, 10_080, 7):
        local = LocalTime(MONDAY + minute // 1440, minute % 1440)
        assert is_open(ALWAYS, local, NONE)
        assert not is_open(NEVER, local, NONE)
