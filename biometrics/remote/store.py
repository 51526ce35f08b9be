"""What lies in Valkey: sealed frames and answers for as long as they count, and which face workers there are.

Machines' clocks need not agree: Valkey's is the only one. A frame's life there *is* its deadline.
"""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

import redis
from redis.exceptions import RedisError as Away

from biometrics.engine.interface import Model

__all__ = ["QUEUE", "TASK", "Away", "Store", "Worker"]  # `Away` is what Valkey's silence raises here

QUEUE: Final = "faces"
TASK: Final = "biometrics.look"
WORKERS: Final = "0:faces:workers"
ANSWER_SECONDS: Final = 5  # an answer that nobody fetches
HERE_SECONDS: Final = 10.0  # a worker that has not said more for so long is none
PATIENCE_S: Final = 2.0  # for one word of Valkey
SLICE_S: Final = 1.0  # of a wait for an answer; less than its patience
MOST_WORKERS: Final = 1000


@dataclass(frozen=True, slots=True)
class Worker:
    """A face worker, as it says itself."""

    lanes: int
    each: float  # seconds that a job took lately, 0 before the first one
    model: Model


class Store:
    """One process's connection. For any thread. Raises Away."""

    def __init__(self, url: str) -> None:
        self._client: Any = redis.Redis.from_url(
            url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        )

    def waiting(self) -> int:
        """Frames that no worker has taken yet."""
        return cast(int, self._client.llen(QUEUE))

    def lay_frame(self, frame: str, sealed: bytes, seconds: float) -> None:
        """For so long and no longer."""
        self._client.set(_frame(frame), sealed, px=max(1, int(seconds * 1000)))

    def take_frame(self, frame: str) -> tuple[bytes, float] | None:
        """The frame and how many seconds it still counts; nobody gets it twice. None once it is over."""
        with self._client.pipeline(transaction=True) as both:
            both.pttl(_frame(frame))
            both.getdel(_frame(frame))
            left, sealed = both.execute()
        return None if sealed is None or left <= 0 else (sealed, left / 1000)

    def lay_answer(self, frame: str, sealed: bytes) -> None:
        """For whoever asked."""
        with self._client.pipeline(transaction=True) as both:
            both.rpush(_answer(frame), sealed)
            both.expire(_answer(frame), ANSWER_SECONDS)
            both.execute()

    def await_answer(self, frame: str, until: float) -> bytes | None:
        """The answer, or None where there is none by then (monotonic seconds). Blocks."""
        while (left := until - time.monotonic()) > 0:
            told = self._client.blpop([_answer(frame)], timeout=max(0.01, min(left, SLICE_S)))
            if told is not None:
                return cast(bytes, told[1])
        return None

    def announce(self, name: str, worker: Worker) -> None:
        """Say that this worker is there, for some seconds."""
        told = json.dumps({**asdict(worker), "at": self._now()})
        self._client.hset(WORKERS, name, told)

    def leave(self, name: str) -> None:
        """It is there no longer."""
        self._client.hdel(WORKERS, name)

    def workers(self) -> list[Worker]:
        """Those that are there. Who left without a word is forgotten here."""
        now, there = self._now(), list[Worker]()
        for name, told in self._client.hgetall(WORKERS).items():
            at, worker = _worker(told)
            if worker is not None and abs(now - at) <= HERE_SECONDS and len(there) < MOST_WORKERS:
                there.append(worker)
            else:
                self._client.hdel(WORKERS, name)
        return there

    def _now(self) -> float:
        seconds, micros = self._client.time()
        return cast(float, seconds + micros / 1e6)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _worker(told: bytes) -> tuple[float, Worker | None]:
    """When it said so, by Valkey's clock, and what."""
    try:
        said = json.loads(told)
        by = said["model"]
        model = Model(str(by["name"]), str(by["version"]), int(by["dimensions"]))
        return float(said["at"]), Worker(max(1, int(said["lanes"])), max(0.0, float(said["each"])), model)
    except (ValueError, TypeError, KeyError, OverflowError):
        return 0.0, None  # of another release, or not ours


def _frame(frame: str) -> str:
    return f"0:faces:frame:{frame}"


def _answer(frame: str) -> str:
    return f"0:faces:answer:{frame}"
