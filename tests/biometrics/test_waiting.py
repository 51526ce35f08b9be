"""The queue before the engine processes: how many it takes, and whom it sends away at once."""

import time
from typing import Any

import numpy as np
import pytest

from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Box, Face, Order
from biometrics.engine.lane import Job
from biometrics.engine.looking import Want
from biometrics.engine.pool import Waiting

POINTS = np.arange(10, dtype=np.float32).reshape(5, 2)
EMBED = Want.embed(Face(Box(0, 0, 99, 99), POINTS, 1.0, True, Order.DLIB))


def job(seconds: float = 10.0, want: Want[Any] = Want.VECTOR) -> Job:
    return Job(b"", want, time.monotonic() + seconds)


def busy(waiting: Waiting, one: Job) -> bool:
    """Whether it is sent away."""
    try:
        waiting.put(one)
    except FaceRefused as refused:
        assert refused.code is FaceCode.FACE_BUSY  # noqa: PT017
        return True
    return False


def test_first_come_first_served_and_no_more_than_so_many() -> None:
    waiting, jobs = Waiting(2, 1), [job(), job()]
    assert [busy(waiting, one) for one in (*jobs, job())] == [False, False, True]
    assert [waiting.take(0), waiting.take(0), waiting.take(0)] == [*jobs, None]
    assert not busy(waiting, job())


def test_who_could_not_be_served_in_time_is_sent_away() -> None:
    """Two lanes, a second each: behind two others a job is done after three."""
    waiting = Waiting(10, 2)
    waiting.took(job(), 1.0)
    assert not busy(waiting, job(0.5))  # nobody is ahead: perhaps it is faster now
    assert not busy(waiting, job(2.6))
    assert busy(waiting, job(2.9))
    assert not busy(waiting, job(3.1))


def test_a_frame_that_was_begun_comes_first_and_finds_room() -> None:
    """What is known of it so far has its price, and is worth nothing where it is sent away now."""
    waiting, fresh, begun = Waiting(2, 1), [job(), job()], [job(want=EMBED) for _ in range(3)]
    assert [busy(waiting, one) for one in (*fresh, *begun)] == [False, False, False, False, True]
    assert [waiting.take(0) for _ in range(4)] == [*begun[:2], *fresh]
    waiting.took(job(), 1.0)
    assert [busy(waiting, one) for one in (*fresh, job(2.5, EMBED), job(2.5, EMBED))] == [
        *(False, False),  # only another one that was begun is ahead of it
        *(False, True),
    ]


def test_what_is_seen_may_have_to_be_measured_too() -> None:
    """A second for each: one that is seen is done after two, if it comes to that."""
    waiting = Waiting(10, 1)
    for want in (Want.OBSERVE, EMBED):
        waiting.took(job(want=want), 1.0)
    assert not busy(waiting, job(9, Want.OBSERVE))
    assert busy(waiting, job(4.0, Want.OBSERVE))  # the one ahead, one at work, and both of its own
    assert not busy(waiting, job(3.2))  # the one ahead is mostly not measured
    for _ in range(40):
        waiting.took(job(want=EMBED), 1.0)
    waiting.take(0)
    assert busy(waiting, job(2.9))
    for _ in range(40):
        waiting.took(job(want=Want.OBSERVE), 0.1)
    assert not busy(waiting, job(2.9))


def test_it_learns_how_long_a_job_takes() -> None:
    waiting = Waiting(10, 1)
    waiting.took(job(), 5.0)
    waiting.put(job(30))
    assert busy(waiting, job(5))
    for _ in range(20):
        waiting.took(job(), 0.1)
    assert not busy(waiting, job(5))


def test_those_that_are_too_late_or_given_up_make_room() -> None:
    waiting, late, given_up = Waiting(2, 1), job(0.01), job()
    waiting.put(late)
    waiting.put(given_up)
    given_up.answer.cancel()
    time.sleep(0.02)
    assert not busy(waiting, job())
    with pytest.raises(FaceRefused) as refused:
        late.answer.result(0)
    assert refused.value.code is FaceCode.FACE_LATE


def test_a_job_that_was_not_begun_is_the_next_again() -> None:
    waiting, first, second = Waiting(1, 1), job(), job()
    waiting.put(first)
    assert waiting.take(0) is first
    waiting.put(second)
    waiting.back(first)
    assert [waiting.take(0), waiting.take(0)] == [first, second]
    waiting.close()
    waiting.back(first)
    with pytest.raises(FaceRefused):
        first.answer.result(0)


def test_nobody_is_left_waiting_when_it_closes() -> None:
    waiting, one = Waiting(2, 1), job()
    waiting.put(one)
    waiting.close()
    for refusing in (lambda: one.answer.result(0), lambda: waiting.put(job())):
        with pytest.raises(FaceRefused) as refused:
            refusing()
        assert refused.value.code is FaceCode.FACE_UNAVAILABLE
    assert waiting.take(10) is None
