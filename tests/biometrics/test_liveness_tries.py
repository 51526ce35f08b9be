"""Five failed sessions within three minutes lock out, walking away counted."""

import pytest

from biometrics.liveness.tries import LOCK_SECONDS, Tries


def failures(times: list[float]) -> Tries:
    tries = Tries()
    for number, at in enumerate(times):
        tries = tries.begun(f"s{number}", at).failed(f"s{number}", at + 5)
    return tries


def test_four_are_not_five() -> None:
    assert not failures([0, 20, 40, 60]).settled(70).locked(70)


def test_five_in_three_minutes_lock() -> None:
    tries = failures([0, 40, 80, 120, 170])
    assert tries.locked(175.1)
    assert tries.locked(175 + LOCK_SECONDS - 0.1)
    assert not tries.settled(175 + LOCK_SECONDS).locked(175 + LOCK_SECONDS)


def test_five_in_more_than_three_minutes_do_not() -> None:
    assert not failures([0, 60, 120, 180, 240]).settled(250).locked(250)


def test_walking_away_counts_when_the_session_is_over() -> None:
    tries = failures([0, 20, 40, 60]).begun("left", 80)
    assert not tries.settled(94.9).locked(94.9)
    assert tries.settled(95.1).locked(95.1)


def test_beginning_again_ends_what_was_open() -> None:
    tries = Tries()
    for number in range(5):
        tries = tries.begun(f"s{number}", float(number))
        assert not tries.locked(float(number))
    assert tries.begun("s5", 5.0).locked(5.0)


def test_passing_forgives() -> None:
    tries = failures([0, 20, 40, 60]).begun("good", 80).passed("good")
    assert tries == Tries()
    assert not tries.begun("next", 90).failed("next", 95).locked(95)


def test_a_session_that_is_not_known_forgives_nothing() -> None:
    tries = failures([0, 20, 40, 60])
    assert tries.passed("somebody's") == tries


@pytest.mark.parametrize("again", [1, 3])
def test_one_session_fails_once(again: int) -> None:
    tries = failures([0, 20, 40, 60])
    for _ in range(again):
        tries = tries.failed("s3", 70)
    assert not tries.locked(70)


def test_after_a_lock_it_begins_anew() -> None:
    tries = failures([0, 20, 40, 60, 80])
    later = 85 + LOCK_SECONDS + 1
    assert not tries.settled(later).begun("again", later).locked(later)
