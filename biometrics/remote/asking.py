"""The web process's side: hands a sealed frame over, waits for the sealed answer, never past the deadline."""

import contextlib
import logging
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Final, cast

from celery import current_app
from kombu.exceptions import OperationalError

from biometrics.engine import wire
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model
from biometrics.engine.looking import Found, Kind, Want
from biometrics.engine.pictures import MOST_BYTES
from biometrics.remote import words
from biometrics.remote.sealing import Passages
from biometrics.remote.store import QUEUE, TASK, Away, Store, Worker
from tenants.refs import PUBLIC_SCHEMA
from vault.envelope import CannotOpen
from vault.transit import RootKeyAway

log = logging.getLogger(__name__)

MOST_ASKING: Final = 64  # frames of one web process at a time
CREW_SECONDS: Final = 1.0  # how long what is known of the workers is taken for true
MODEL_SECONDS: Final = 15.0  # the same of what their vectors are made by, once that is known
# Valkey, the broker on it, or the key service does not answer.
AWAY: Final = (Away, OperationalError, RootKeyAway, OSError)


class Remote:
    """See biometrics.watching.Looker. `deadline` in seconds for each frame.

    Refuses at once with `face_unavailable` where no face worker is there or Valkey is away, with `face_busy`
    where more frames wait than can be done in time; with `face_late` at the deadline, whatever hangs.
    """

    def __init__(self, url: str, *, deadline: float) -> None:
        self.deadline: Final = deadline
        self._store, self._passages = Store(url), Passages()
        self._crew = _Crew(self._store)
        # The caller waits no longer than its deadline; what a socket still does is left to one of these.
        self._threads = ThreadPoolExecutor(MOST_ASKING, thread_name_prefix="faces")
        self._places = threading.BoundedSemaphore(MOST_ASKING)
        self._threads.submit(self._crew.hear)  # known by the first face

    @property
    def model(self) -> Model | None:
        """What vectors are made by, as a face worker said last; None before. Asks, but never waits."""
        if self._crew.wants_news():
            with contextlib.suppress(RuntimeError):  # closed
                self._threads.submit(self._crew.hear)
        return self._crew.model

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """See Looker."""
        if len(data) > MOST_BYTES:
            raise FaceRefused(FaceCode.PICTURE_TOO_LARGE)
        until = time.monotonic() + (self.deadline if deadline is None else deadline)
        if not self._places.acquire(blocking=False):
            raise FaceRefused(FaceCode.FACE_BUSY)
        try:
            asking = self._threads.submit(self._asked, data, want, until)
        except RuntimeError:  # closed
            self._places.release()
            raise FaceRefused(FaceCode.FACE_UNAVAILABLE) from None
        asking.add_done_callback(lambda _: self._places.release())
        try:
            answer = asking.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            raise FaceRefused(FaceCode.FACE_LATE) from None
        if isinstance(answer, FaceCode):
            raise FaceRefused(answer)
        return cast(Found, answer)

    def _asked(self, data: bytes, want: Want[Found], until: float) -> wire.Answer:
        try:
            return self._answer(data, want, until)
        except AWAY as error:
            log.warning("face workers cannot be asked: %s", type(error).__name__)
            return FaceCode.FACE_UNAVAILABLE
        except (CannotOpen, wire.Malformed):
            log.error("a face worker's answer cannot be believed")
            return FaceCode.FACE_FAILED

    def _answer(self, data: bytes, want: Want[Found], until: float) -> wire.Answer:
        # What is seen may have to be measured, and then waits a second time.
        times = 2 if want.kind is Kind.OBSERVE else 1
        refusal = self._crew.refusal(self._store.waiting(), times, until)
        if refusal is not None:
            return refusal
        frame, passage = uuid.uuid4().hex, self._passages.now()
        sealed = passage.seal_frame(wire.pack_asked(data, want), frame)
        left = until - time.monotonic()
        if left <= 0:
            return FaceCode.FACE_LATE
        self._store.lay_frame(frame, sealed, left)
        # No company: whoever looks at a frame knows nobody's name and asks no table.
        current_app.send_task(
            TASK, args=[frame], queue=QUEUE, retry=False, headers={"_schema_name": PUBLIC_SCHEMA}
        )
        answer = self._store.await_answer(frame, until)
        if answer is None:
            return FaceCode.FACE_LATE
        return words.answer(passage.open_answer(answer, frame), want)

    def close(self) -> None:
        """Refuse what comes; what is asked ends by its own deadline."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._store.close()


class _Crew:
    """The face workers that there are, and whether they can do one frame more in time."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, threading.Lock()
        self._read, self._asked, self._there = float("-inf"), float("-inf"), list[Worker]()
        self.model: Model | None = None

    def wants_news(self) -> bool:
        """Whether it is time to ask again; whoever is told so asks."""
        now, age = time.monotonic(), MODEL_SECONDS if self.model else CREW_SECONDS
        if now - max(self._read, self._asked) <= age:
            return False
        self._asked = now
        return True

    def hear(self) -> None:
        """Ask, without anybody who waits."""
        try:
            self.there()
        except Away:
            log.warning("which face workers there are cannot be read")

    def there(self) -> list[Worker]:
        """As they were a second ago at most. Raises Away."""
        with self._lock:
            if time.monotonic() - self._read > CREW_SECONDS:
                self._there = self._store.workers()
                self._read = time.monotonic()
                self.model = self._there[0].model if self._there else self.model
            return self._there

    def refusal(self, waiting: int, times: int, until: float) -> FaceCode | None:
        """Of a frame looked at so many times, each time behind so many that wait and one that is at work."""
        there = self.there()
        if not there:
            return FaceCode.FACE_UNAVAILABLE
        lanes, each = sum(one.lanes for one in there), max(one.each for one in there)
        done = time.monotonic() + each * (times * (waiting / lanes + 1) + 1)
        return FaceCode.FACE_BUSY if waiting and done > until else None
