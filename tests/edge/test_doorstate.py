"""What the door did: cases by hand, and properties over any order of things."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.doorstate import DoorEvent, DoorKind, DoorMachine, DoorTimes
from edge.doorwatch import DoorWatch

TIMES = DoorTimes(grace_ms=1_000, exit_ms=4_000, held_ms=10_000)
PULSE = 3_000


@pytest.fixture
def door() -> DoorMachine:
    """A door that is shut at second 100."""
    machine = DoorMachine(TIMES)
    assert machine.contact(False, 100_000) == []
    return machine


def test_opened_and_closed(door: DoorMachine) -> None:
    assert door.granted(7, PULSE, 101_000) == []
    assert door.contact(True, 102_000) == [DoorEvent(DoorKind.OPENED, 102_000, 7)]
    assert door.contact(True, 102_500) == []
    assert door.contact(False, 104_000) == [DoorEvent(DoorKind.CLOSED, 104_000)]
    assert door.passed(200_000) == []


def test_not_opened_at_the_moment_the_time_was_over(door: DoorMachine) -> None:
    door.granted(7, PULSE, 101_000)
    assert door.passed(105_000) == []
    assert door.passed(109_000) == [DoorEvent(DoorKind.NOT_OPENED, 105_000, 7)]
    assert door.contact(True, 109_001) == [DoorEvent(DoorKind.FORCED, 109_001)]


def test_a_moment_too_late_is_forced(door: DoorMachine) -> None:
    door.granted(7, PULSE, 101_000)
    assert door.contact(True, 105_001) == [
        DoorEvent(DoorKind.NOT_OPENED, 105_000, 7),
        DoorEvent(DoorKind.FORCED, 105_001),
    ]


def test_forced_once_and_then_held(door: DoorMachine) -> None:
    assert door.contact(True, 101_000) == [DoorEvent(DoorKind.FORCED, 101_000)]
    assert door.passed(120_000) == [DoorEvent(DoorKind.HELD_OPEN, 111_000)]
    assert door.passed(300_000) == []
    assert door.contact(False, 301_000) == [DoorEvent(DoorKind.CLOSED, 301_000)]


def test_the_exit_button_makes_no_forced_door(door: DoorMachine) -> None:
    assert door.exit_button(101_000) == [DoorEvent(DoorKind.EXIT_BUTTON, 101_000)]
    assert door.contact(True, 105_000) == []
    assert door.contact(False, 106_000) == [DoorEvent(DoorKind.CLOSED, 106_000)]
    assert door.contact(True, 106_001) == [DoorEvent(DoorKind.FORCED, 106_001)]


def test_a_grant_while_the_door_stands_open(door: DoorMachine) -> None:
    door.granted(1, PULSE, 101_000)
    door.contact(True, 102_000)
    assert door.granted(2, PULSE, 109_000) == []
    assert door.driven(2, True, 109_000) == [DoorEvent(DoorKind.OPENED, 109_000, 2)]
    assert door.passed(118_999) == []  # the second person has the whole time
    assert door.passed(119_000) == [DoorEvent(DoorKind.HELD_OPEN, 119_000)]


def test_one_opening_answers_all_that_wait(door: DoorMachine) -> None:
    door.granted(1, PULSE, 101_000)
    door.granted(2, PULSE, 102_000)
    assert door.contact(True, 103_000) == [
        DoorEvent(DoorKind.OPENED, 103_000, 1),
        DoorEvent(DoorKind.OPENED, 103_000, 2),
    ]


def test_a_door_that_was_open_at_the_start_is_not_forced() -> None:
    door = DoorMachine(TIMES)
    assert door.contact(True, 100_000) == []
    assert door.passed(110_000) == [DoorEvent(DoorKind.HELD_OPEN, 110_000)]


def test_a_time_that_falls_stands_still(door: DoorMachine) -> None:
    door.granted(1, PULSE, 101_000)
    assert door.contact(True, 5) == [DoorEvent(DoorKind.OPENED, 101_000, 1)]


def test_without_a_contact_nothing_is_made_up() -> None:
    door = DoorMachine(TIMES, has_contact=False)
    assert door.granted(1, PULSE, 100_000) == []
    assert door.driven(1, True, 100_100) == [DoorEvent(DoorKind.OPENED, 100_100, 1)]
    assert door.contact(True, 101_000) == []
    assert door.exit_button(102_000) == [DoorEvent(DoorKind.EXIT_BUTTON, 102_000)]
    assert door.passed(900_000) == []


def test_a_grant_that_never_reached_the_lock_opened_nothing(door: DoorMachine) -> None:
    door.granted(1, PULSE, 101_000)
    assert door.driven(1, False, 101_100) == [DoorEvent(DoorKind.NOT_OPENED, 101_100, 1)]
    assert door.contact(True, 102_000) == [DoorEvent(DoorKind.FORCED, 102_000)]
    assert door.granted(2, PULSE, 103_000) == []
    assert door.driven(2, False, 103_100) == [DoorEvent(DoorKind.NOT_OPENED, 103_100, 2)]
    assert door.driven(2, True, 103_200) == []


def test_opened_by_hand_in_the_instant_in_which_the_lock_failed(door: DoorMachine) -> None:
    """One word for each grant, and the first one stands."""
    door.granted(1, PULSE, 101_000)
    assert door.contact(True, 101_050) == [DoorEvent(DoorKind.OPENED, 101_050, 1)]
    assert door.driven(1, False, 101_100) == []


def test_the_watch_tells_in_order() -> None:
    told: list[DoorEvent] = []
    now = [100_000]
    watch = DoorWatch(DoorMachine(TIMES), now_ms=lambda: now[0], tell=told.append)
    watch.contact(is_open=False)
    watch.granted(3, PULSE)
    now[0] += 50
    watch.contact(is_open=True)
    watch.alarm(DoorKind.TAMPERED)
    watch.exit_button()
    assert [(event.kind, event.counter) for event in told] == [
        (DoorKind.OPENED, 3),
        (DoorKind.TAMPERED, None),
        (DoorKind.EXIT_BUTTON, None),
    ]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "open", "shut", "exit", "time"]),
        st.integers(-3_000, 12_000),
        st.integers(0, 9_000),
    ),
    max_size=60,
)


def play(steps: list[tuple[str, int, int]]) -> tuple[list[DoorEvent], int]:
    """All events of some steps, the time run out after them, and the number of grants."""
    door, now, grants = DoorMachine(TIMES), 100_000, 0
    events = door.contact(False, now)
    for deed, later, pulse in steps:
        now += later
        if deed == "grant":
            grants += 1
            events += door.granted(grants, pulse, now)
            events += door.driven(grants, bool(pulse % 5), now)  # 0: the lock did not obey
        elif deed == "exit":
            events += door.exit_button(now)
        elif deed == "time":
            events += door.passed(now)
        else:
            events += door.contact(deed == "open", now)
    return events + door.passed(now + 10_000_000), grants


@given(STEPS)
def test_each_grant_is_answered_once(steps: list[tuple[str, int, int]]) -> None:
    events, grants = play(steps)
    answers = Counter(event.counter for event in events if event.counter is not None)
    assert answers == Counter(range(1, grants + 1))
    assert all(
        (event.counter is not None) == (event.kind in (DoorKind.OPENED, DoorKind.NOT_OPENED))
        for event in events
    )


@given(STEPS)
def test_times_never_fall(steps: list[tuple[str, int, int]]) -> None:
    events, _ = play(steps)
    machines = [event for event in events if event.kind is not DoorKind.NOT_OPENED]
    assert all(one.at_ms <= two.at_ms for one, two in pairwise(machines))


@given(STEPS)
def test_held_and_forced_belong_to_one_opening(steps: list[tuple[str, int, int]]) -> None:
    """Between two closings there is at most one of each, and forced only where nobody was let in."""
    events, _ = play(steps)
    opening: Counter[DoorKind] = Counter()
    for event in events:
        if event.kind is DoorKind.CLOSED:
            opening.clear()
        if event.kind is DoorKind.FORCED:
            assert opening[DoorKind.FORCED] == 0
        opening[event.kind] += 1
        assert opening[DoorKind.FORCED] <= 1


@given(STEPS.filter(lambda steps: all(deed not in ("grant", "exit") for deed, _, _ in steps)))
def test_nobody_let_in_means_forced(steps: list[tuple[str, int, int]]) -> None:
    events, _ = play(steps)
    openings, is_open = 0, False
    for deed, _, _ in steps:
        if deed in ("open", "shut") and (deed == "open") is not is_open:
            is_open = not is_open
            openings += is_open
    assert sum(event.kind is DoorKind.FORCED for event in events) == openings
