"""Pass + proof and the clocks: the phone's, the server's, the end of the pass and of the unlock."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sallyport.codes import OpenedCode, minutes_of, unlock_flags
from sallyport.reasons import Reason
from tests.core.pass_vectors import AT, HELD, shown_with
from tests.core.test_passes import attempt
from tests.core.vector_keys import ISSUED

DAY = 86_400
NOON = ISSUED + 21_600  # in the midst of the pass


def told(outcome: OpenedCode | Reason) -> Reason | None:
    return outcome if isinstance(outcome, Reason) else None


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        (0, None),
        (29, None),
        (30, None),
        (31, Reason.NOT_YET_VALID),
        (90, Reason.NOT_YET_VALID),
        (DAY, Reason.EXPIRED),  # the phone's clock is past the end of the pass
        (-30, None),
        (-60, None),
        (-61, Reason.EXPIRED),
        (-90, Reason.EXPIRED),
        (-DAY, Reason.NOT_YET_VALID),  # it is before the pass was issued
    ],
)
def test_a_phone_s_clock_that_is_off(off: int, expected: Reason | None) -> None:
    assert told(attempt(shown_with(at=NOON + off), NOON)) is expected


@given(st.integers(-DAY, DAY), st.integers(-200, 200))
def test_a_proof_opens_from_a_step_before_its_time_to_two_after(second: int, later: int) -> None:
    at = NOON + second
    outcome = told(attempt(shown_with(at=at), at + later))
    inside = ISSUED - 30 <= at <= HELD.expires and ISSUED - 2 <= at + later <= HELD.expires + 2
    assert (outcome is None) == (inside and -30 <= later <= 60)


def test_proofs_signed_ahead_of_time_wait_for_their_step() -> None:
    stock = [shown_with(at=NOON + 30 * step) for step in range(10)]
    opens = [told(attempt(text, NOON)) is None for text in stock]
    assert opens == [True, True] + [False] * 8
    later = [told(attempt(text, NOON + 270)) for text in stock]
    assert later == [Reason.EXPIRED] * 7 + [None] * 3


def test_over_a_door_s_number_nothing_can_be_signed_ahead() -> None:
    stock = shown_with(at=NOON + 20, challenge=4711)
    assert told(attempt(stock, NOON + 20, (4711, 1111))) is None
    assert told(attempt(stock, NOON + 20, (2222, 3333))) is Reason.WRONG_DOOR


@pytest.mark.parametrize(
    ("at", "now", "expected"),
    [
        (HELD.expires, HELD.expires, None),
        (HELD.expires, HELD.expires + 2, None),
        (HELD.expires, HELD.expires + 3, Reason.EXPIRED),
        (HELD.expires - 60, HELD.expires, None),
        (HELD.expires + 1, HELD.expires, Reason.EXPIRED),
        (HELD.expires + 1, HELD.expires + 1, Reason.EXPIRED),
        (HELD.expires + 3600, HELD.expires + 3600, Reason.EXPIRED),
        (ISSUED, ISSUED - 2, None),
        (ISSUED, ISSUED - 3, Reason.NOT_YET_VALID),
        (ISSUED - 30, ISSUED, None),
        (ISSUED - 31, ISSUED, Reason.NOT_YET_VALID),
    ],
)
def test_the_edges_of_the_pass(at: int, now: int, expected: Reason | None) -> None:
    assert told(attempt(shown_with(at=at), now)) is expected


def minutes(at: int, *, lasts: int | None = 5, until: int = HELD.unlocked_until) -> int | None:
    held = replace(HELD, flags=unlock_flags(lasts), unlocked_until=until)
    opened = attempt(shown_with(held, at=at), at)
    assert isinstance(opened, OpenedCode)
    assert opened.issued == at
    return minutes_of(opened.contents.flags)


@pytest.mark.parametrize(
    ("since", "expected"),
    [(0, 0), (1, 1), (59, 1), (60, 1), (61, 2), (120, 2), (121, 3), (299, 5), (300, 5), (301, None)],
)
def test_minutes_since_the_unlock_are_rounded_up_and_end_with_it(since: int, expected: int | None) -> None:
    assert minutes(ISSUED + since) == expected  # unlocked when the pass was issued, for five minutes


def test_a_proof_after_the_unlock_counts_as_code_only_and_none_was_never_one() -> None:
    assert minutes(AT, lasts=None) is None
    assert minutes(AT, lasts=None, until=2**32 - 1) is None
    assert minutes(AT, until=0) is None
    assert minutes(AT, until=AT) == 5
    assert minutes(AT, until=AT - 1) is None


def test_a_proof_by_a_clock_behind_the_unlock_tells_no_minutes() -> None:
    opened = attempt(shown_with(at=ISSUED - 30), ISSUED)
    assert isinstance(opened, OpenedCode)
    assert opened.unlocked_at == ISSUED - 30


@given(st.integers(1, 127), st.integers(0, 127 * 60))
def test_the_unlock_told_is_never_later_than_it_was(lasts: int, since: int) -> None:
    at = ISSUED + min(since, 60 * lasts)
    held = replace(HELD, flags=unlock_flags(lasts), unlocked_until=ISSUED + 60 * lasts)
    opened = attempt(shown_with(held, at=at), at)
    assert isinstance(opened, OpenedCode)
    assert opened.unlocked_at is not None
    assert ISSUED - 60 < opened.unlocked_at <= ISSUED


@pytest.mark.parametrize("wrong", [-1, 128])
def test_minutes_that_do_not_fit_are_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="127"):
        unlock_flags(wrong)


def test_every_byte_of_flags_has_one_meaning() -> None:
    made = {unlock_flags(None), *(unlock_flags(count) for count in range(128))}
    assert len(made) == 129
    assert [minutes_of(unlock_flags(count)) for count in range(128)] == list(range(128))
    assert minutes_of(unlock_flags(None)) is None
