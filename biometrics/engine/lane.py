"""One engine process and the thread that feeds it: a job in, an answer out, a new process when this one ends.

The thread only ever waits for its queue or its socket, which lets go of the GIL. The process is started anew
(never forked from this one, whose threads may hold locks), with nothing of this one's environment and files.
"""

import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from biometrics.engine import wire
from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model
from biometrics.engine.looking import Kind, Want

ROOT: Final = Path(__file__).resolve().parent.parent.parent
STARTING: Final = 60.0  # seconds for loading; a machine at its first start reads 31 MB from its disk
STEADY_S: Final = 5.0  # whoever lived so long did not die of its start
REST_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)  # after so many starts that failed one after the other
LOOK_AROUND_S: Final = 0.5  # how soon an idle process that ended is replaced
# One thread each, since there is a process per core; nothing of the house's own environment.
ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "PATH": os.defpath,
}

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """A frame that waits for its answer until `until` (monotonic seconds). Later it is worth nothing."""

    data: bytes
    want: Want[Any]
    until: float
    answer: "Future[Any]" = field(default_factory=Future)  # of what is wanted

    @property
    def begun(self) -> bool:
        """The second question about a frame: what the first one cost is lost without an answer to it."""
        return self.want.kind is Kind.EMBED

    def refuse(self, code: FaceCode) -> None:
        """Answer no, unless nobody waits any more."""
        with contextlib.suppress(InvalidStateError):
            self.answer.set_exception(FaceRefused(code))


class Queue(Protocol):
    """Where a lane's jobs come from."""

    def take(self, seconds: float) -> Job | None:
        """The next one that somebody still waits for, or None after so long."""
        ...

    def back(self, job: Job) -> None:
        """It was taken and not begun: the next one again."""
        ...

    def took(self, job: Job, seconds: float) -> None:
        """So long was a process at work on it."""
        ...


class Worker:
    """An engine process. Raises OSError where it cannot be started."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "biometrics.engine.worker", str(theirs.fileno())],
                cwd=ROOT,
                env=ENVIRONMENT,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._end = ours
        self.pid = self._process.pid
        self.model: Model | None = None

    def greet(self, choice: Choice) -> Model:
        """Tell it what it is to be, and wait until it is warm. Raises Gone, Malformed, Unready."""
        until = time.monotonic() + STARTING
        wire.send(self._end, json.dumps(choice.as_dict()).encode(), until)
        word = wire.greeting(wire.receive(self._end, wire.LONGEST_ANSWER, until))
        if isinstance(word, wire.Unable):
            raise Unready(word.text)
        self.model = word.model
        return word.model

    @property
    def lives(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def work(self, job: Job, until: float) -> wire.Answer:
        """One frame. Raises Gone, Malformed: then this process is of no use any more."""
        if self.model is None:
            raise wire.Gone("not greeted")
        wire.send(self._end, wire.pack_asked(job.data, job.want), until)
        return wire.answer(wire.receive(self._end, wire.LONGEST_ANSWER, until), self.model, job.want)

    def hang_up(self) -> None:
        """Wake whoever waits for it."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Kill it: there is nothing to save. Nothing of it is left."""
        self._process.kill()
        self._process.wait()
        self._end.close()


class Unready(RuntimeError):  # noqa: N818 - named for what it is
    """An engine process could not load; the text says why."""


class Lane:
    """Keeps one engine process going until it is closed."""

    def __init__(self, choice: Choice, queue: Queue, name: str, grace: float) -> None:
        self._choice, self._queue, self._grace = choice, queue, grace
        self._worker: Worker | None = None
        self._lock, self._closing = threading.Lock(), threading.Event()
        self.settled = threading.Event()  # the first start has succeeded or failed
        self.model: Model | None = None  # of the process that is warm; None while there is none
        self.told: Model | None = None  # the same, and kept while the next one starts
        self.trouble = ""  # why the last start failed; empty after one that did not
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        with self._lock:
            return None if self._worker is None else self._worker.pid

    def start(self) -> None:
        """Begin. Does not wait for the process to be warm."""
        self._thread.start()

    def close(self) -> None:
        """End the process; a job that it has is answered with an error."""
        self._closing.set()
        with self._lock:
            if self._worker is not None:
                self._worker.hang_up()

    def join(self) -> None:
        """Wait until nothing is left of it."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        failed = 0
        while not self._closing.is_set():
            worker = self._started()
            if worker is None:
                self._closing.wait(REST_S[min(failed, len(REST_S) - 1)])
                failed += 1
                continue
            began = time.monotonic()
            try:
                self._serve(worker)
            finally:
                self._drop()
            # One that dies as soon as it has started is started with rests, too.
            failed = 0 if time.monotonic() - began > STEADY_S else failed + 1
            if failed:
                self._closing.wait(REST_S[min(failed, len(REST_S)) - 1])

    def _started(self) -> Worker | None:
        try:
            with self._lock:
                if self._closing.is_set():
                    return None
                self._worker = Worker()
            self.model = self.told = self._worker.greet(self._choice)
            self.trouble = ""
        except (OSError, wire.Malformed, Unready) as error:
            self.trouble = str(error)
            self._drop()
            if not self._closing.is_set():
                log.error("an engine process for faces could not start: %s", error)
            return None
        finally:
            self.settled.set()
        return self._worker

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker, self.model = self._worker, None, None
        if worker is not None:
            worker.end()

    def _serve(self, worker: Worker) -> None:
        """Job after job, until the process or the lane ends."""
        while worker.lives and not self._closing.is_set():
            job = self._queue.take(LOOK_AROUND_S)
            if job is None:
                continue
            if not worker.lives:
                self._queue.back(job)
            elif not self._done(worker, job):
                return

    def _done(self, worker: Worker, job: Job) -> bool:
        """Whether the process can go on.

        One that is too late is left its grace: to replace each slow one would make a busy machine slower.
        """
        if not job.answer.set_running_or_notify_cancel():
            return True
        began = time.monotonic()
        try:
            answer = worker.work(job, job.until + self._grace)
        except Exception:  # noqa: BLE001  (whatever a process says, its job is answered and its lane goes on)
            late = time.monotonic() >= job.until
            job.refuse(FaceCode.FACE_LATE if late else FaceCode.FACE_FAILED)
            if not self._closing.is_set():
                log.warning("an engine process for faces %s", "was too late" if late else "ended in a job")
            return False
        ended = time.monotonic()
        self._queue.took(job, ended - began)
        if ended >= job.until:
            job.refuse(FaceCode.FACE_LATE)
        elif isinstance(answer, FaceCode):
            job.refuse(answer)
        else:
            job.answer.set_result(answer)
        return True
