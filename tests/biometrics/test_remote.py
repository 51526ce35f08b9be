"""Frames looked at by a real face worker behind a real Valkey: the same answers, nothing to read between."""

import codecs
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
from django.conf import settings

from bench.in_process import InProcess
from biometrics.engine import wire
from biometrics.engine.choice import Choice
from biometrics.engine.codes import FaceCode, FaceRefused
from biometrics.engine.loading import load
from biometrics.engine.looking import Look, Want, look
from biometrics.liveness.adapter import Arrived
from biometrics.remote.asking import Remote
from biometrics.remote.store import QUEUE, Store
from biometrics.watching import watch
from tenants import context
from tests.biometrics.faces import SOON, Faces, started, until
from tests.biometrics.photographs import astronaut, jpeg, png, portrait
from tests.isolation.heaps import found, keyspace, overheard

__all__ = ["overheard"]

pytestmark = pytest.mark.faults
FRAME = jpeg(portrait())


@pytest.fixture(scope="module")
def all_faces() -> Iterator[Faces]:
    made = started()
    yield made
    made.close()


@pytest.fixture
def faces(all_faces: Faces) -> Iterator[Faces]:
    """The same, going and with nothing waiting, whatever the test did to it."""
    yield all_faces
    os.kill(all_faces.pid, signal.SIGCONT)
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        until(lambda: not client.llen(QUEUE))


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def stopped(faces: Faces) -> None:
    """It takes nothing until it is told to go on."""
    os.kill(faces.pid, signal.SIGSTOP)


def code(remote: Remote, data: bytes = FRAME, deadline: float | None = None) -> FaceCode:
    with pytest.raises(FaceRefused) as refused:
        remote.look_now(data, Want.VECTOR, deadline=deadline)
    return refused.value.code


def lying_frame() -> str:
    """The id of the frame that lies in Valkey."""
    ids: list[bytes] = []
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        until(lambda: ids.extend(client.keys("0:faces:frame:*")) or ids)  # type: ignore[func-returns-value]
    return ids[0].decode().rpartition(":")[2]


def test_it_says_what_an_engine_says(faces: Faces) -> None:
    engine = load(Choice())
    told, direct = faces.remote.look_now(FRAME, Want.VECTOR), look(engine, FRAME, Want.VECTOR)
    assert np.allclose(told.vector, direct.vector, atol=1e-6)
    assert (told.quality, told.model) == (direct.quality, engine.model)
    assert faces.remote.model == engine.model


def test_a_frame_of_a_session_is_seen_and_measured(faces: Faces) -> None:
    arrived = Arrived(FRAME, 2, 7.5)
    one, other = (
        watch(looker, arrived, lambda seen, quality: True)
        for looker in (faces.remote, InProcess(load(Choice())))
    )
    assert one.quality == other.quality
    assert (one.observation.thumbnail == other.observation.thumbnail).all()
    assert one.observation.face_colour == other.observation.face_colour
    assert (one.observation.faces[0].landmarks == other.observation.faces[0].landmarks).all()
    assert one.observation.embedding is not None
    assert other.observation.embedding is not None
    assert np.allclose(one.observation.embedding, other.observation.embedding, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<svg/>", FaceCode.PICTURE_KIND),
        (png(astronaut().resize((120, 120))), FaceCode.FACE_NONE),
        (bytes(3 * 1024 * 1024), FaceCode.PICTURE_TOO_LARGE),
    ],
)
def test_refusals_come_through(faces: Faces, data: bytes, expected: FaceCode) -> None:
    assert code(faces.remote, data) is expected


def secrets_of(vector: Any) -> list[str | bytes]:
    """Pieces of the picture from all over, and of the measure as text and as bytes."""
    pieces: list[str | bytes] = [FRAME[at : at + 24] for at in range(0, len(FRAME) - 24, 400)]
    return [*pieces, vector.tobytes()[:24], *(str(value) for value in vector.tolist()[:20])]


def everything(overheard: list[bytes]) -> dict[str, bytes]:
    """What lies in Valkey and what went through it, the binary as it was."""
    heard = b"\n".join(codecs.escape_decode(line)[0] for line in overheard)
    lying = keyspace(settings.VALKEY_URL)
    return {"valkey": b"\n".join(k + b" " + v for k, v in lying.items()), "messages": heard}


def test_nothing_of_a_face_can_be_read_in_between(
    faces: Faces, threads: ThreadPoolExecutor, overheard: list[bytes]
) -> None:
    stopped(faces)
    asked = threads.submit(faces.remote.look_now, FRAME, Want.VECTOR)
    frame = lying_frame()
    during = everything(overheard)
    assert len(during["valkey"]) > len(FRAME)  # it lies there, and is sealed
    os.kill(faces.pid, signal.SIGCONT)
    vector = asked.result(SOON).vector
    hidden = secrets_of(vector)
    until(lambda: b"0:faces:answer:" + frame.encode() in b"".join(overheard))
    after = everything(overheard)
    assert frame.encode() in after["messages"]
    assert not found(during, hidden, digests=False)
    assert not found(after, hidden, digests=False)
    assert frame.encode() not in after["valkey"]
    plain = {"asked": wire.pack_asked(FRAME, Want.VECTOR), "told": vector_told(asked.result())}
    assert {where for where, _ in found(plain, hidden, digests=False)} == {"asked", "told"}


def vector_told(found: Look) -> bytes:
    return wire.pack_answer(found)


def test_the_task_carries_an_id_and_no_company(
    acme: context.CompanyRef, faces: Faces, overheard: list[bytes]
) -> None:
    with context.enter(acme):
        assert len(faces.remote.look_now(FRAME, Want.VECTOR).vector) == 128
    (pushed,) = {line for line in overheard if b"PUSH" in line and b"biometrics.look" in line}
    text = codecs.escape_decode(pushed)[0].decode()
    message = json.loads(re.sub(r'^"|"$', "", text[text.index('"{') :]))
    args, kwargs, _ = json.loads(codecs.decode(message["body"].encode(), "base64"))
    assert len(args) == 1
    assert re.fullmatch(r"[0-9a-f]{32}", args[0])
    assert kwargs == {}
    assert message["headers"]["_schema_name"] == "public"
    assert acme.schema not in text
    assert message["properties"]["delivery_info"]["routing_key"] == QUEUE


def test_a_deadline_is_kept_and_a_frame_that_is_over_is_left_alone(
    faces: Faces, overheard: list[bytes]
) -> None:
    stopped(faces)
    began = time.monotonic()
    assert code(faces.remote, deadline=0.5) is FaceCode.FACE_LATE
    assert 0.49 < time.monotonic() - began < 3
    os.kill(faces.pid, signal.SIGCONT)
    assert len(faces.remote.look_now(FRAME, Want.VECTOR).vector) == 128
    until(lambda: b'"RPUSH" "0:faces:answer:' in b"\n".join(overheard))
    heard = b"\n".join(overheard)
    assert heard.count(b'"GETDEL"') == 2
    assert heard.count(b'"RPUSH" "0:faces:answer:') == 1


def test_too_many_waiting_are_busy_at_once(faces: Faces, threads: ThreadPoolExecutor) -> None:
    assert len(faces.remote.look_now(FRAME, Want.VECTOR).vector) == 128
    time.sleep(4.5)  # the worker has said how long that took, and it is read
    stopped(faces)
    waiting: list[Future[Look]] = []
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        while not client.llen(QUEUE):  # the first is handed to the worker that sleeps
            waiting.append(threads.submit(faces.remote.look_now, FRAME, Want.VECTOR))
            time.sleep(0.3)
    for _ in range(20):  # until as many wait as this machine would not look at in time
        began = time.monotonic()
        found, took = code(faces.remote, deadline=0.25), time.monotonic() - began
        if found is FaceCode.FACE_BUSY:
            break
        waiting.append(threads.submit(faces.remote.look_now, FRAME, Want.VECTOR, deadline=SOON))
    assert (found, took < 0.25) == (FaceCode.FACE_BUSY, True)
    os.kill(faces.pid, signal.SIGCONT)
    assert all(len(one.result(SOON).vector) == 128 for one in waiting)


@pytest.mark.parametrize("lie", ["noise", "of another frame", "the frame itself"])
def test_an_answer_of_somebody_else_is_not_believed(
    faces: Faces, threads: ThreadPoolExecutor, lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Of whoever may write into Valkey."""
    stopped(faces)
    store = Store(settings.VALKEY_URL)
    asked = threads.submit(code, faces.remote)
    frame = lying_frame()
    taken = store.take_frame(frame)
    assert taken is not None
    passage = faces.remote._passages.now()
    told = {
        "noise": os.urandom(200),
        "of another frame": passage.seal_answer(b"\0\0\0\0{}", "0" * 32),
        "the frame itself": taken[0],
    }[lie]
    store.lay_answer(frame, told)
    store.close()
    assert asked.result(SOON) is FaceCode.FACE_FAILED
    assert "cannot be believed" in caplog.text


def engines(faces: Faces) -> list[int]:
    """The engine processes of the worker, whichever thread started them."""
    tasks = Path(f"/proc/{faces.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def test_an_engine_process_that_is_killed_is_told_and_replaced(
    faces: Faces, threads: ThreadPoolExecutor, overheard: list[bytes]
) -> None:
    (pid,) = engines(faces)
    os.kill(pid, signal.SIGSTOP)
    asked = threads.submit(code, faces.remote)
    until(lambda: b'"GETDEL"' in b"".join(overheard))
    time.sleep(0.5)
    os.kill(pid, signal.SIGKILL)
    assert asked.result(SOON) is FaceCode.FACE_FAILED
    assert len(faces.remote.look_now(FRAME, Want.VECTOR).vector) == 128
    assert pid not in engines(faces)


def test_a_worker_that_leaves_is_missed_at_once(faces: Faces) -> None:
    """Nobody waits for what nobody does; and it leaves no engine process behind."""
    left = engines(faces)
    faces.worker.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in left)
    until(lambda: any(faces.remote._crew.there()) is False)
    began = time.monotonic()
    assert code(faces.remote) is FaceCode.FACE_UNAVAILABLE
    assert time.monotonic() - began < 1
    assert faces.remote.model is not None  # what was enrolled stays comparable
    faces.worker.start()
    until(faces.remote._crew.there)
    assert len(faces.remote.look_now(FRAME, Want.VECTOR).vector) == 128
