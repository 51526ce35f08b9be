"""The pool of engine processes: full, late, killed, closed. A stopped process stands for a slow one."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest

from biometrics.engine.choice import Choice
from biometrics.engine.codes import EngineUnavailable, FaceCode, FaceRefused
from biometrics.engine.loading import load
from biometrics.engine.looking import Look, Want, look
from biometrics.engine.pictures import MOST_BYTES
from biometrics.engine.pool import Pool
from tests.biometrics.photographs import astronaut, jpeg, png, portrait

pytestmark = pytest.mark.faults
SOON = 60.0  # seconds, for what must happen and takes as long as it takes on a busy machine
FRAME = jpeg(portrait())


@pytest.fixture(scope="module")
def one_lane() -> Iterator[Pool]:
    """One process and one place to wait."""
    with Pool(Choice(), lanes=1, waiting=1, deadline=SOON, grace=SOON) as pool:
        pool.ready(SOON)
        yield pool


@pytest.fixture
def pool(one_lane: Pool) -> Pool:
    """The same, warm again after whatever the test before did to it."""
    until(lambda: warm(one_lane))
    return one_lane


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def warm(pool: Pool) -> bool:
    """Whether all its processes are."""
    try:
        return bool(pool.ready(0))
    except EngineUnavailable:
        return False


def gone(pid: int) -> bool:
    """Whether nothing is left of a process, not even for its parent to look at."""
    return not Path(f"/proc/{pid}").exists()


def stopped(pool: Pool) -> int:
    """Its one process, which answers nothing until it is told to go on."""
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGSTOP)
    return pid


def at_work(pool: Pool) -> "Future[Look]":
    """A job that the process has taken."""
    job = pool.submit(FRAME, Want.VECTOR)
    until(job.running)
    return job


def code(answer: "Future[Look]") -> FaceCode:
    with pytest.raises(FaceRefused) as refused:
        answer.result(SOON)
    return refused.value.code


def refused_at_once(pool: Pool, data: bytes = FRAME) -> FaceCode:
    began = time.monotonic()
    with pytest.raises(FaceRefused) as refused:
        pool.submit(data, Want.VECTOR)
    assert time.monotonic() - began < 2
    return refused.value.code


def test_it_says_what_the_engine_says(pool: Pool) -> None:
    engine = load(Choice())
    direct, told = look(engine, FRAME, Want.VECTOR), pool.look_now(FRAME, Want.VECTOR)
    assert pool.model == engine.model
    assert np.allclose(told.vector, direct.vector, atol=1e-6)
    assert (told.face.landmarks == direct.face.landmarks).all()
    assert (told.face.box, told.face.score) == (direct.face.box, direct.face.score)
    assert (told.face.sure, told.face.order) == (direct.face.sure, direct.face.order)
    assert (told.quality, told.width, told.height) == (direct.quality, direct.width, direct.height)
    assert told.model == engine.model


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(astronaut())[:-50], FaceCode.PICTURE_BROKEN),
        (b"<svg/>", FaceCode.PICTURE_KIND),
        (png(astronaut().resize((120, 120))), FaceCode.FACE_NONE),
        (png(astronaut().resize((430, 430))), FaceCode.FACE_SMALL),
    ],
)
def test_refusals_come_through_and_the_process_goes_on(pool: Pool, data: bytes, expected: FaceCode) -> None:
    before = pool.pids()
    assert code(pool.submit(data, Want.VECTOR)) is expected
    assert len(pool.look_now(FRAME, Want.VECTOR).vector) == 128
    assert pool.pids() == before


def test_what_is_too_large_never_leaves_the_web_process(pool: Pool) -> None:
    stopped(pool)
    try:
        assert refused_at_once(pool, bytes(MOST_BYTES + 1)) is FaceCode.PICTURE_TOO_LARGE
    finally:
        os.kill(pool.pids()[0], signal.SIGCONT)


async def test_the_event_loop_is_free_meanwhile(pool: Pool) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    pid = stopped(pool)
    looking = asyncio.create_task(pool.look(FRAME, Want.VECTOR))
    await asyncio.sleep(0.3)
    assert ticks > 3
    os.kill(pid, signal.SIGCONT)
    assert len((await looking).vector) == 128
    ticking.cancel()


def test_a_full_queue_is_told_at_once(pool: Pool) -> None:
    pid = stopped(pool)
    first = at_work(pool)
    second = pool.submit(FRAME, Want.VECTOR)
    assert refused_at_once(pool) is FaceCode.FACE_BUSY
    assert refused_at_once(pool) is FaceCode.FACE_BUSY
    os.kill(pid, signal.SIGCONT)
    assert len(first.result(SOON).vector) == 128
    assert len(second.result(SOON).vector) == 128
    assert len(pool.look_now(FRAME, Want.VECTOR).vector) == 128


async def test_who_gives_up_frees_the_place(pool: Pool) -> None:
    pid = stopped(pool)
    first = at_work(pool)
    waiting = asyncio.create_task(pool.look(FRAME, Want.VECTOR))
    await asyncio.sleep(0.05)
    assert refused_at_once(pool) is FaceCode.FACE_BUSY
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    third = pool.submit(FRAME, Want.VECTOR)
    os.kill(pid, signal.SIGCONT)
    assert len((await asyncio.wrap_future(first)).vector) == 128
    assert len((await asyncio.wrap_future(third)).vector) == 128


def test_a_process_killed_in_mid_match(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    """Fail closed, and go on with another."""
    pid = stopped(pool)
    job = at_work(pool)
    waiting = pool.submit(FRAME, Want.VECTOR)
    os.kill(pid, signal.SIGKILL)
    assert code(job) is FaceCode.FACE_FAILED
    assert len(waiting.result(SOON).vector) == 128
    assert pid not in pool.pids()
    assert gone(pid)
    assert "ended in a job" in caplog.text


async def test_a_slow_process_is_left_its_grace(pool: Pool) -> None:
    """Its answer comes too late to count, and the next one counts again."""
    pid = stopped(pool)
    late = pool.submit(FRAME, Want.VECTOR, deadline=0.1)
    await asyncio.sleep(0.15)
    os.kill(pid, signal.SIGCONT)
    with pytest.raises(FaceRefused) as refused:
        await asyncio.wrap_future(late)  # of itself, with nobody who waits no longer than the deadline
    assert refused.value.code is FaceCode.FACE_LATE
    assert len((await pool.look(FRAME, Want.VECTOR)).vector) == 128
    assert pool.pids() == [pid]


async def test_a_deadline_is_kept_and_a_process_that_hangs_replaced() -> None:
    with Pool(Choice(), lanes=1, deadline=SOON, grace=0.1) as pool:
        await asyncio.to_thread(pool.ready, SOON)
        pid = stopped(pool)
        began = time.monotonic()
        with pytest.raises(FaceRefused) as refused:
            await pool.look(FRAME, Want.VECTOR, deadline=0.3)
        assert refused.value.code is FaceCode.FACE_LATE
        assert 0.29 < time.monotonic() - began < 5
        assert len((await pool.look(FRAME, Want.VECTOR)).vector) == 128
        assert gone(pid)


def test_a_deadline_is_kept_in_the_queue(pool: Pool) -> None:
    """Also where no process ever takes the job."""
    pid = stopped(pool)
    first = at_work(pool)
    began = time.monotonic()
    with pytest.raises(FaceRefused) as refused:
        pool.look_now(FRAME, Want.VECTOR, deadline=0.2)
    assert refused.value.code is FaceCode.FACE_LATE
    assert time.monotonic() - began < 5
    late = pool.submit(FRAME, Want.VECTOR, deadline=0.01)
    time.sleep(0.05)
    os.kill(pid, signal.SIGCONT)
    assert code(late) is FaceCode.FACE_LATE
    assert len(first.result(SOON).vector) == 128


def test_an_idle_process_that_dies_is_replaced_before_it_is_missed(pool: Pool) -> None:
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid) or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    assert len(pool.look_now(FRAME, Want.VECTOR).vector) == 128
    assert gone(pid)


def test_an_idle_process_that_dies_is_replaced_though_nobody_asks(pool: Pool) -> None:
    (pid,) = pool.pids()
    os.kill(pid, signal.SIGKILL)
    until(lambda: pool.pids() not in ([pid], []))
    assert gone(pid)


def test_it_holds_nothing_of_this_process(pool: Pool) -> None:
    """Neither its secrets nor its files: four descriptors, and an environment of our own."""
    (pid,) = pool.pids()
    names = {line.partition("=")[0] for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if line}
    assert names <= {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LANG", "PATH", "LC_CTYPE"}
    assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == 4
    limits = Path(f"/proc/{pid}/limits").read_text()
    for name in ("Max file size", "Max core file size"):
        (line,) = (line for line in limits.splitlines() if line.startswith(name))
        assert line.removeprefix(name).split()[:2] == ["0", "0"]


def test_closing_leaves_nothing(caplog: pytest.LogCaptureFixture) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    pool = Pool(Choice(), lanes=2, waiting=2, deadline=SOON)
    assert refused_at_once(pool) is FaceCode.FACE_UNAVAILABLE
    pool.start()
    pool.ready(SOON)
    pids = pool.pids()
    assert len(set(pids)) == 2
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    working, waiting = [at_work(pool), at_work(pool)], pool.submit(FRAME, Want.VECTOR)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 5
    assert {code(job) for job in working} == {FaceCode.FACE_FAILED}
    assert code(waiting) is FaceCode.FACE_UNAVAILABLE
    assert all(gone(pid) for pid in pids)
    assert pool.pids() == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert refused_at_once(pool) is FaceCode.FACE_UNAVAILABLE
    pool.close()
    assert caplog.text == ""


def test_closing_while_it_starts() -> None:
    pool = Pool(Choice(), lanes=1)
    pool.start()
    until(lambda: bool(pool.pids()))
    (pid,) = pool.pids()
    pool.close()
    assert gone(pid)


def test_an_engine_that_cannot_be_had_is_told(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Choice("onnx", "/nowhere/a.onnx", "0" * 64, "/nowhere/b.onnx", "0" * 64)
    with Pool(nowhere, lanes=1) as pool:
        with pytest.raises(EngineUnavailable, match=r"a\.onnx: No such file"):
            pool.ready(SOON)
        assert refused_at_once(pool) is FaceCode.FACE_UNAVAILABLE
        assert pool.model is None
    assert "a.onnx: No such file" in caplog.text
