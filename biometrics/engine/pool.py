"""Engine processes, warm and waiting: a frame goes to the next free one, or is refused at once.

`with Pool(...)`, or start and close. Nothing here decodes or measures: the caller's thread hands bytes
over and its event loop is told when there is an answer.
"""

import asyncio
import atexit
import os
import threading
import time
from collections import deque
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self

from biometrics.engine.choice import Choice
from biometrics.engine.codes import EngineUnavailable, FaceCode, FaceRefused
from biometrics.engine.interface import Model
from biometrics.engine.lane import Job, Lane
from biometrics.engine.looking import Found, Want
from biometrics.engine.pace import Pace
from biometrics.engine.pictures import MOST_BYTES

DEADLINE_S: Final = 1.0
GRACE_S: Final = 5.0
WAITING_PER_LANE: Final = 2


def cores() -> int:
    """Those that this process may run on."""
    return len(os.sched_getaffinity(0))


class Waiting:
    """Jobs that no lane has taken yet, at most so many, and no more than can be done in time.

    A frame that was begun comes before those that were not, and finds room beside them: it was one of them.
    How long a job takes is learnt from those that were done; an empty queue takes any job, so it learns on.
    """

    def __init__(self, most: int, lanes: int) -> None:
        self._most, self._lanes, self.pace = most, lanes, Pace()
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def put(self, job: Job) -> None:
        """Into the row. Raises FaceRefused: `face_busy` where it is full, at once."""
        with self._changed:
            if self._closed:
                raise FaceRefused(FaceCode.FACE_UNAVAILABLE)
            most = 2 * self._most if job.begun else self._most
            if len(self._jobs) >= most:
                self._jobs = deque(one for one in self._jobs if not _given_up(one))
            ahead = [one for one in self._jobs if one.begun or not job.begun]
            if len(self._jobs) >= most or (ahead and self._done(job, ahead) > job.until):
                raise FaceRefused(FaceCode.FACE_BUSY)
            self._jobs.insert(len(ahead), job)
            self._changed.notify()

    def _done(self, job: Job, ahead: list[Job]) -> float:
        """When it would be, behind these and one that is at work."""
        row = sum(self.pace.likely(one.want.kind) for one in ahead) / self._lanes
        return time.monotonic() + row + self.pace.each + self.pace.whole(job.want.kind)

    def take(self, seconds: float) -> Job | None:
        """See lane.Queue."""
        with self._changed:
            if not self._jobs and not self._closed:
                self._changed.wait(seconds)
            while self._jobs:
                job = self._jobs.popleft()
                if not _given_up(job):
                    return job
            return None

    def back(self, job: Job) -> None:
        """See lane.Queue."""
        with self._changed:
            if not self._closed:
                self._jobs.appendleft(job)
                self._changed.notify()
                return
        job.refuse(FaceCode.FACE_UNAVAILABLE)

    def took(self, job: Job, seconds: float) -> None:
        """See lane.Queue."""
        with self._changed:
            self.pace.took(job.want.kind, seconds)

    def close(self) -> None:
        """Refuse what waits and what comes."""
        with self._changed:
            self._closed = True
            left, self._jobs = self._jobs, deque()
            self._changed.notify_all()
        for job in left:
            job.refuse(FaceCode.FACE_UNAVAILABLE)


def _given_up(job: Job) -> bool:
    """Nobody waits for it any more. One that is too late is told so."""
    if time.monotonic() >= job.until:
        job.refuse(FaceCode.FACE_LATE)
    return job.answer.done()


class Pool:
    """`lanes` processes (one per core), `waiting` jobs more than those at work, `deadline` seconds for each.

    A job is answered, or refused with `face_late`, within its deadline from when it was handed over, whatever
    the processes do; a process that has said nothing `grace` seconds after that is replaced. For any thread
    and any event loop.
    """

    def __init__(
        self,
        choice: Choice,
        *,
        lanes: int | None = None,
        waiting: int | None = None,
        deadline: float = DEADLINE_S,
        grace: float = GRACE_S,
    ) -> None:
        count = lanes or cores()
        self.deadline: Final = deadline
        # A lane without its process takes nothing, so what is at work is never counted twice.
        if waiting is not None and waiting < 1:
            raise ValueError("every job waits for a moment: at least one must be able to")
        self._waiting = Waiting(WAITING_PER_LANE * count if waiting is None else waiting, count)
        self._lanes = [Lane(choice, self._waiting, f"face-{number}", grace) for number in range(count)]
        self._started = False

    def start(self) -> None:
        """Start the processes. Does not wait for them."""
        if not self._started:
            self._started = True
            atexit.register(self.close)
            for lane in self._lanes:
                lane.start()

    def ready(self, seconds: float) -> Model:
        """Wait until every lane is warm. Raises EngineUnavailable with the reason. Blocks."""
        until = time.monotonic() + seconds
        for lane in self._lanes:
            lane.settled.wait(max(0.0, until - time.monotonic()))
        models = {lane.model for lane in self._lanes}
        model = models.pop()
        if models or model is None:
            raise EngineUnavailable(next((one.trouble for one in self._lanes if one.trouble), "not in time"))
        return model

    @property
    def model(self) -> Model | None:
        """What vectors are made by; None until a process was warm."""
        return next((lane.told for lane in self._lanes if lane.told), None)

    @property
    def lanes(self) -> int:
        """How many frames are looked at at a time."""
        return len(self._lanes)

    @property
    def each(self) -> float:
        """Seconds that a job took lately; 0 before the first."""
        return self._waiting.pace.each

    def pids(self) -> list[int]:
        """Of the processes that there are now."""
        return [pid for lane in self._lanes if (pid := lane.pid) is not None]

    def submit(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> "Future[Found]":
        """Hand a frame over. Raises FaceRefused at once: face_busy, face_unavailable, picture_too_large.

        The future's own refusal may come late where no lane takes the job: `look` and `look_now` do not wait
        longer than the deadline.
        """
        if len(data) > MOST_BYTES:
            raise FaceRefused(FaceCode.PICTURE_TOO_LARGE)
        if not self._started or all(lane.trouble for lane in self._lanes):
            raise FaceRefused(FaceCode.FACE_UNAVAILABLE)
        job = Job(data, want, time.monotonic() + (self.deadline if deadline is None else deadline))
        self._waiting.put(job)
        return job.answer

    async def look(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """Hand a frame over and wait for its answer, the event loop free. Raises FaceRefused."""
        seconds = self.deadline if deadline is None else deadline
        answer = asyncio.wrap_future(self.submit(data, want, deadline=seconds))
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise FaceRefused(FaceCode.FACE_LATE) from None

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """The same for a thread, which it blocks."""
        seconds = self.deadline if deadline is None else deadline
        answer = self.submit(data, want, deadline=seconds)
        try:
            return answer.result(seconds)
        except TimeoutError:
            answer.cancel()
            raise FaceRefused(FaceCode.FACE_LATE) from None

    def close(self) -> None:
        """End all processes; what waits and what is at work is refused. Blocks until nothing is left."""
        atexit.unregister(self.close)
        self._waiting.close()
        for lane in self._lanes:
            lane.close()
        for lane in self._lanes:
            lane.join()

    def __enter__(self) -> Self:
        """Started."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closed."""
        self.close()
