"""The way through Valkey piece by piece: seals, what a worker says of itself, servers that are silent."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery.concurrency.prefork import TaskPool as Processes
from celery.concurrency.thread import TaskPool as Threads
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from biometrics import house_pool
from biometrics.engine import wire
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.interface import Model
from biometrics.engine.looking import Want
from biometrics.remote import sealing, serving, store, words
from biometrics.remote.asking import Remote, _Crew
from biometrics.remote.store import Store, Worker
from config.celery import app
from config.settings import biometrics as told
from deploy.local import stack
from deploy.local.processes import free_port
from deploy.local.valkey import Valkey
from tests import servers
from vault import envelope, rootkey
from vault.rootkey import LocalRootKey

MODEL = Model("dlib-resnet-v1", "0" * 16, 128)
HERE = Worker(2, 0.5, MODEL)
FRAME = "a" * 32
OTHER = "b" * 32


@pytest.fixture
def lying(valkey: Valkey) -> Iterator[Store]:
    made = Store(settings.VALKEY_URL)
    yield made
    made.close()


def code(remote: Remote, deadline: float) -> FaceCode:
    with pytest.raises(FaceRefused) as refused:
        remote.look_now(b"frame", Want.VECTOR, deadline=deadline)
    return refused.value.code


def test_a_frame_is_opened_where_it_belongs_and_nowhere_else() -> None:
    passage = sealing.Passages().now()
    sealed = passage.seal_frame(b"a frame", FRAME)
    assert b"a frame" not in sealed
    back, plain = sealing.open_frame(sealed, FRAME)
    assert plain == b"a frame"
    assert passage.open_answer(back.seal_answer(b"an answer", FRAME), FRAME) == b"an answer"
    assert sealed != passage.seal_frame(b"a frame", FRAME)
    for altered, place in (
        (sealed, OTHER),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), FRAME),
        (sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:], FRAME),
        (sealed[:5], FRAME),
        (b"", FRAME),
        (passage.head + passage.seal_answer(b"an answer", FRAME), FRAME),
    ):
        with pytest.raises(envelope.CannotOpen):
            sealing.open_frame(altered, place)
    for altered, place in ((back.seal_answer(b"", FRAME), OTHER), (sealed, FRAME), (sealed[40:], FRAME)):
        with pytest.raises(envelope.CannotOpen):
            passage.open_answer(altered, place)


def test_a_key_is_used_for_an_hour() -> None:
    now = 0.0
    passages = sealing.Passages(lambda: now)
    first = passages.now()
    now = sealing.KEY_SECONDS - 1
    assert passages.now() is first
    now += 2
    assert passages.now().head != first.head


def test_a_new_root_key_needs_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    old, both = LocalRootKey({1: b"1" * 32}), LocalRootKey({1: b"1" * 32, 2: b"2" * 32})
    monkeypatch.setattr(sealing, "root_key", lambda: old)
    sealed = sealing.Passages().now().seal_frame(b"a frame", FRAME)
    monkeypatch.setattr(sealing, "root_key", lambda: both)
    assert sealing.open_frame(sealed, FRAME)[1] == b"a frame"
    sealed = sealing.Passages().now().seal_frame(b"a frame", FRAME)
    monkeypatch.setattr(sealing, "root_key", lambda: old)
    sealing._unwrapped.cache_clear()
    with pytest.raises(envelope.CannotOpen):
        sealing.open_frame(sealed, FRAME)
    assert rootkey.root_key() is not old


def test_a_worker_without_an_engine_can_only_refuse() -> None:
    message = words.pack_answer(FaceCode.FACE_LATE, None)
    assert words.answer(message, Want.VECTOR) is FaceCode.FACE_UNAVAILABLE
    assert words.answer(words.pack_answer(FaceCode.FACE_LATE, MODEL), Want.VECTOR) is FaceCode.FACE_LATE
    for lie in (b"", b"\0\0\0", b"\0\0\0\2{}", b"\xff\xff\xff\xff{}", bytes(300_000)):
        with pytest.raises(wire.Malformed):
            words.answer(lie, Want.VECTOR)


def test_a_frame_is_taken_once_and_within_its_life(lying: Store) -> None:
    lying.lay_frame(FRAME, b"sealed", 30)
    taken = lying.take_frame(FRAME)
    assert taken is not None
    assert taken[0] == b"sealed"
    assert 29 < taken[1] <= 30
    assert lying.take_frame(FRAME) is None
    lying.lay_frame(FRAME, b"sealed", 0.02)
    time.sleep(0.05)
    assert lying.take_frame(FRAME) is None


def test_an_answer_that_nobody_fetches_is_gone_soon(lying: Store) -> None:
    lying.lay_answer(FRAME, b"sealed")
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        assert 0 < client.ttl(f"0:faces:answer:{FRAME}") <= store.ANSWER_SECONDS
    assert lying.await_answer(FRAME, time.monotonic() + 5) == b"sealed"
    began = time.monotonic()
    assert lying.await_answer(FRAME, began + 0.2) is None
    assert 0.19 < time.monotonic() - began < 2


def test_whose_deadline_is_over_costs_nothing(valkey: Valkey) -> None:
    """Not even an engine process."""
    serving.serve(FRAME)
    assert house_pool._pools == []


def test_what_cannot_be_opened_is_left_alone(lying: Store, caplog: pytest.LogCaptureFixture) -> None:
    lying.lay_frame(FRAME, b"\0" * 200, 30)
    serving.serve(FRAME)
    assert "cannot be opened" in caplog.text
    assert house_pool._pools == []
    assert lying.await_answer(FRAME, time.monotonic() + 0.05) is None


def test_workers_say_that_they_are_there(lying: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lying.announce("one", HERE)
    lying.announce("two", Worker(4, 0.0, MODEL))
    assert sorted(one.lanes for one in lying.workers()) == [2, 4]
    lying.leave("two")
    assert lying.workers() == [HERE]
    monkeypatch.setattr(store, "HERE_SECONDS", 0.0)
    assert lying.workers() == []
    monkeypatch.undo()
    assert lying.workers() == []  # and forgotten
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        for lie in ("", "[]", "1", '{"at": 1}', '{"lanes": "x", "model": {}}'):
            client.hset(store.WORKERS, "lie", lie)
            assert lying.workers() == []
        assert not client.exists(store.WORKERS)


class Said(Store):
    """Workers without a Valkey."""

    def __init__(self, *there: Worker) -> None:
        self.there = list(there)

    def workers(self) -> list[Worker]:
        return self.there


@pytest.mark.parametrize(
    ("there", "waiting", "times", "seconds", "expected"),
    [
        ([], 0, 1, 9, FaceCode.FACE_UNAVAILABLE),
        ([HERE], 0, 2, 0.1, None),  # nobody is ahead: perhaps it is faster now
        ([HERE], 4, 1, 1.9, FaceCode.FACE_BUSY),  # four for two lanes, half a second each: done after two
        ([HERE], 4, 1, 2.2, None),
        ([HERE], 4, 2, 3.4, FaceCode.FACE_BUSY),  # and once more
        ([HERE], 4, 2, 3.6, None),
        ([HERE, HERE], 4, 1, 1.6, None),
        ([HERE, HERE], 4, 1, 1.4, FaceCode.FACE_BUSY),
        ([Worker(1, 0.0, MODEL)], 1000, 1, 0.1, None),  # nothing is known of it yet
    ],
)
def test_who_could_not_be_served_in_time_is_sent_away(
    there: list[Worker], waiting: int, times: int, seconds: float, expected: FaceCode | None
) -> None:
    assert _Crew(Said(*there)).refusal(waiting, times, time.monotonic() + seconds) is expected


def test_without_a_worker_nobody_waits(valkey: Valkey) -> None:
    remote = Remote(settings.VALKEY_URL, deadline=30)
    began = time.monotonic()
    assert code(remote, 30) is FaceCode.FACE_UNAVAILABLE
    assert remote.model is None
    assert time.monotonic() - began < 5
    remote.close()
    assert code(remote, 30) is FaceCode.FACE_UNAVAILABLE


def test_a_valkey_that_is_away() -> None:
    remote = Remote(f"redis://127.0.0.1:{free_port()}/0", deadline=30)
    began = time.monotonic()
    assert code(remote, 30) is FaceCode.FACE_UNAVAILABLE
    assert remote.model is None
    assert time.monotonic() - began < 5
    remote.close()


def test_a_valkey_that_says_nothing() -> None:
    """It takes the connection and is silent: the deadline holds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        remote = Remote(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", deadline=30)
        began = time.monotonic()
        assert code(remote, 0.3) is FaceCode.FACE_LATE
        assert 0.29 < time.monotonic() - began < 1.5
    remote.close()


def test_an_ordinary_worker_takes_no_frames() -> None:
    """And a face worker nothing else, in threads."""
    app.loader.import_default_modules()
    assert "biometrics.look" in app.tasks
    assert app.amqp.router.route({}, "biometrics.look")["queue"].name == store.QUEUE == "faces"
    assert app.conf.task_default_queue == "celery"
    place = stack.Place(servers.folder(), 0)
    for service, queue in (
        (stack.worker(place, {}), "celery"),
        (stack.face_worker(place, {}, lanes=2), "faces"),
    ):
        assert service.command[service.command.index("--queues") + 1] == queue
    assert serving.refused_as({"celery"}, Processes) == ""
    assert serving.refused_as({"faces"}, Threads) == ""
    assert "--pool threads" in serving.refused_as({"faces"}, Processes)
    assert "-Q faces" in serving.refused_as({"faces", "celery"}, Threads)


def test_who_looks_is_the_settings_choice(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told.workers() == "here"
    monkeypatch.setenv("SALLYPORT_FACE_WORKERS", "celery")
    assert told.workers() == "celery"
    monkeypatch.setenv("SALLYPORT_FACE_WORKERS", "cloud")
    with pytest.raises(ImproperlyConfigured, match="here or celery"):
        told.workers()
    settings.FACE_WORKERS, settings.FACE_DEADLINE_S = "celery", 0.7
    try:
        looker = house_pool.house_looker()
        assert isinstance(looker, Remote)
        assert looker.deadline == 0.7
        assert house_pool.house_looker() is looker
        assert house_pool._pools == []
    finally:
        house_pool.close_house_pool()
