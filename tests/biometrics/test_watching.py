"""One frame of a session through engine processes: what is seen, in which time, and what is refused."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, ClassVar

import numpy as np
import pytest

from bench.in_process import InProcess
from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.loading import load
from biometrics.engine.looking import Found, Look, Sight, Want
from biometrics.engine.pool import Pool
from biometrics.engine.quality import Quality
from biometrics.liveness.adapter import Arrived
from biometrics.liveness.observations import Observation, readable
from biometrics.watching import Looker, watch
from tests.biometrics.photographs import astronaut, jpeg, png, portrait

pytestmark = pytest.mark.faults
SOON = 60.0  # seconds, as in test_pool
FRAME = Arrived(jpeg(portrait()), 4, 12.5)


class Noted(Pool):
    """One whose jobs can be looked at."""

    jobs: ClassVar[list["Future[Any]"]] = []

    def submit(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> "Future[Found]":
        answer = super().submit(data, want, deadline=deadline)
        self.jobs.append(answer)
        return answer


@pytest.fixture(scope="module")
def pool() -> Iterator[Noted]:
    """One process and one place to wait."""
    with Noted(Choice(), lanes=1, waiting=1, deadline=SOON, grace=SOON) as pool:
        pool.ready(SOON)
        yield pool


def yes(seen: Observation, quality: Quality | None) -> bool:
    return True


def no(seen: Observation, quality: Quality | None) -> bool:
    return False


def refused(looker: Looker, arrived: Arrived = FRAME, deadline: float | None = None) -> FaceCode:
    with pytest.raises(FaceRefused) as found:
        watch(looker, arrived, yes, deadline=deadline)
    return found.value.code


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def stopped(pool: Pool) -> int:
    """Its one process, which answers nothing until it is told to go on."""
    until(lambda: bool(pool.pids()))
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)
    return pid


@pytest.mark.parametrize("arrived", [FRAME, Arrived(png(astronaut()), 0, 1.0)])
def test_through_processes_it_is_the_same_as_in_one(pool: Pool, arrived: Arrived) -> None:
    told, direct = (watch(one, arrived, yes) for one in (pool, InProcess(load(Choice()))))
    for name in ("sequence", "arrived_at", "digest", "width", "face_colour", "ground_colour"):
        assert getattr(told.observation, name) == getattr(direct.observation, name)
    assert readable(told.observation)
    assert (told.observation.thumbnail == direct.observation.thumbnail).all()
    (face,), (expected,) = told.observation.faces, direct.observation.faces
    assert face.box == expected.box
    assert (face.landmarks == expected.landmarks).all()
    assert told.quality == direct.quality is not None
    assert told.observation.embedding is not None
    assert direct.observation.embedding is not None
    assert np.allclose(told.observation.embedding, direct.observation.embedding, atol=1e-6)
    assert told.model == direct.model == pool.model


def test_a_face_is_laid_back_by_processes_as_in_one(pool: Pool) -> None:
    shape = np.array([(0.5, 0), (0.2, 0), (-0.5, 0), (-0.2, 0), (0.1, 0.6)], dtype=np.float32)
    told, direct = (watch(one, FRAME, yes, shape=shape) for one in (pool, InProcess(load(Choice()))))
    assert told.observation.laid is not None
    assert direct.observation.laid is not None
    assert told.observation.embedding is not None
    assert np.allclose(told.observation.laid, direct.observation.laid, atol=1e-6)
    assert not np.allclose(told.observation.laid, told.observation.embedding, atol=1e-3)
    assert readable(told.observation)
    assert watch(pool, FRAME, yes).observation.laid is None


def test_what_is_not_wanted_is_not_measured(pool: Pool) -> None:
    seen = watch(pool, FRAME, no)
    assert seen.observation.embedding is None
    assert seen.model is None
    assert seen.quality is not None


@pytest.mark.parametrize("faces", [0, 2])
def test_nobody_and_several_are_no_refusal(pool: Pool, faces: int) -> None:
    picture = astronaut().resize((600, 300))
    picture.paste("grey", (0, 0, 600, 300))
    for at in range(faces):
        picture.paste(portrait(300), (300 * at, 0))
    seen = watch(pool, Arrived(png(picture), 0, 0), yes)
    assert len(seen.observation.faces) == faces
    assert seen.quality is None
    assert seen.observation.embedding is None


def test_a_picture_that_is_none_is_refused_as_ever(pool: Pool) -> None:
    assert refused(pool, Arrived(b"<svg/>", 0, 0)) is FaceCode.PICTURE_KIND
    assert refused(pool, Arrived(FRAME.raw[:2000], 0, 0)) is FaceCode.PICTURE_BROKEN


class Between:
    """A pool to which something happens after the first question."""

    def __init__(self, pool: Pool, happens: Callable[[], object]) -> None:
        self._pool, self._happens, self.asked = pool, happens, 0
        self.deadline, self.model = pool.deadline, pool.model

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        found = self._pool.look_now(data, want, deadline=deadline)
        self.asked += 1
        if self.asked == 1:
            self._happens()
        return found


def test_both_questions_are_within_one_deadline(pool: Pool) -> None:
    pid = 0

    def stop() -> None:
        nonlocal pid
        pid = stopped(pool)
        time.sleep(1.0)

    began = time.monotonic()
    assert refused(Between(pool, stop), deadline=5) is FaceCode.FACE_LATE
    assert time.monotonic() - began < 7.5
    os.kill(pid, signal.SIGCONT)
    looker = Between(pool, lambda: time.sleep(2.1))
    assert refused(looker, deadline=2) is FaceCode.FACE_LATE
    assert looker.asked == 1


def test_a_process_killed_in_mid_frame_is_a_refusal_and_the_next_one_counts(pool: Noted) -> None:
    answers: list[FaceCode] = []
    pid = stopped(pool)
    pool.jobs.clear()
    asking = threading.Thread(target=lambda: answers.append(refused(pool)))
    asking.start()
    until(lambda: bool(pool.jobs) and pool.jobs[-1].running())
    os.kill(pid, signal.SIGKILL)
    asking.join(SOON)
    assert answers == [FaceCode.FACE_FAILED]
    assert watch(pool, FRAME, yes).observation.embedding is not None
    assert pid not in pool.pids()


def test_the_process_that_is_killed_between_the_questions_is_replaced(pool: Pool) -> None:
    def kill() -> None:
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGKILL)
        until(lambda: pid not in pool.pids())

    until(lambda: bool(pool.pids()))
    assert watch(Between(pool, kill), FRAME, yes).observation.embedding is not None
    assert pool.model is not None


def test_a_full_queue_is_busy_at_once(pool: Pool) -> None:
    until(lambda: bool(pool.pids()))
    pid = stopped(pool)
    first: Future[Look] = pool.submit(FRAME.raw, Want.VECTOR)
    until(first.running)
    second: Future[Sight] = pool.submit(FRAME.raw, Want.OBSERVE)
    began = time.monotonic()
    assert refused(pool) is FaceCode.FACE_BUSY
    assert time.monotonic() - began < 2
    os.kill(pid, signal.SIGCONT)
    assert len(first.result(SOON).vector) == 128
    assert len(second.result(SOON).faces) == 1
    assert watch(pool, FRAME, yes).observation.embedding is not None


def test_a_pool_that_is_closed_is_unavailable() -> None:
    assert refused(Pool(Choice(), lanes=1)) is FaceCode.FACE_UNAVAILABLE
