"""An engine process from inside, and what the web process believes of its words."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from biometrics.engine import wire
from biometrics.engine.codes import FaceCode
from biometrics.engine.interface import Box, Face, Model, Order, unit
from biometrics.engine.looking import Embedding, Look, Sight, Want
from biometrics.engine.pictures import MOST_BYTES
from biometrics.engine.quality import Quality
from biometrics.engine.worker import answered
from config.rooms import ROOT
from tests.biometrics.photographs import jpeg, portrait

MODEL = Model("dlib-resnet-v1", "0" * 16, 128)
VECTOR = unit(np.arange(1, 129))
POINTS = (np.arange(10).reshape(5, 2) / 3).astype(np.float32)
FOUND = Look(
    640,
    480,
    Face(Box(1, 2, 101.5, 102), POINTS, 1.25, True, Order.DLIB),
    Quality(99.5, 120.25, 0.05, -0.1),
    VECTOR,
    MODEL,
)
SEEN = Sight(
    640,
    480,
    (FOUND.face,),
    FOUND.quality,
    (np.arange(16 * 17) % 256).astype(np.uint8).reshape(16, 17),
    (1.5, 2.0, 255.0),
    (0.0, 0.5, 3.25),
)
EMBED = Want.embed(FOUND.face)


def run(code: str) -> subprocess.CompletedProcess[str]:
    """A program of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_once_confined_it_can_write_no_file(tmp_path: Path) -> None:
    done = run(f"""
        from biometrics.engine.worker import confine
        confine()
        try:
            with open({str(tmp_path / "frame.jpg")!r}, "wb") as file:
                file.write(b"a frame")
        except OSError as error:
            print(error.errno)
    """)
    assert done.stdout.strip() == "27", done.stderr  # EFBIG
    assert not any(path.stat().st_size for path in tmp_path.iterdir())


def test_it_starts_without_a_framework() -> None:
    done = run("""
        import sys
        import biometrics.engine.worker
        print(sorted({name.partition(".")[0] for name in sys.modules} & {"django", "celery", "cv2", "dlib"}))
    """)
    assert done.stdout.strip() == "[]", done.stderr


STARTED = """
import time
from biometrics.engine.choice import Choice
from biometrics.engine.pool import Pool
pool = Pool(Choice(), lanes=1)
pool.start()
pool.ready(60)
print(*pool.pids(), flush=True)
time.sleep(120)
"""


def test_it_ends_when_the_web_process_is_killed() -> None:
    """Killed without a word, as by a machine out of memory."""
    started = subprocess.Popen(
        [sys.executable, "-c", STARTED],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        assert started.stdout
        pid = int(started.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        os.kill(started.pid, signal.SIGKILL)
        end = time.monotonic() + 60
        while Path(f"/proc/{pid}").exists() and _state(pid) != "Z":
            assert time.monotonic() < end, "it lives on"
            time.sleep(0.02)


def _state(pid: int) -> str:
    """A letter; Z where only the machine's first process has not looked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


class Bursting:
    """An engine in which everything goes wrong."""

    model = MODEL

    def __init__(self, error: Exception) -> None:
        self._error = error

    def detect(self, rgb: object) -> Any:
        raise self._error

    def embed(self, rgb: object, face: object) -> Any:
        raise self._error

    def compare(self, a: object, b: object) -> float:
        raise self._error


def test_a_log_that_cannot_be_written_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine process may write no file, and its standard error may be one."""

    def full(text: str) -> int:
        raise OSError(errno.EFBIG, "File too large")

    monkeypatch.setattr(sys.stderr, "write", full)
    message = wire.pack_asked(jpeg(portrait()), Want.VECTOR)
    assert answered(Bursting(RuntimeError("x")), message) is FaceCode.FACE_FAILED


@pytest.mark.parametrize("error", [RuntimeError("dlib"), MemoryError(), ValueError("no face"), KeyError("x")])
def test_whatever_goes_wrong_in_a_frame_is_a_no(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    message = wire.pack_asked(jpeg(portrait()), Want.VECTOR)
    assert answered(Bursting(error), message) is FaceCode.FACE_FAILED
    assert capsys.readouterr().err == f"a frame could not be measured: {type(error).__name__}\n"


def test_what_is_said_is_what_is_heard() -> None:
    told = wire.answer(wire.pack_answer(FOUND), MODEL, Want.VECTOR)
    assert isinstance(told, Look)
    assert (told.vector == VECTOR).all()
    assert same(told.face, FOUND.face)
    assert (told.quality, told.width, told.height, told.model) == (FOUND.quality, 640, 480, MODEL)
    for code in FaceCode:
        assert wire.answer(wire.pack_answer(code), MODEL, Want.VECTOR) is code
    for word in (wire.Ready(MODEL), wire.Unable("why")):
        assert wire.greeting(wire.pack_greeting(word)) == word


def same(one: Face, other: Face) -> bool:
    return (
        bool((one.landmarks == other.landmarks).all())
        and [(face.box, face.score, face.sure, face.order) for face in (one, other)]
        == [(other.box, other.score, other.sure, other.order)] * 2
    )


@pytest.mark.parametrize("faces", [(), (FOUND.face,), (FOUND.face, FOUND.face)])
def test_what_is_seen_is_what_is_heard(faces: tuple[Face, ...]) -> None:
    said = replace(SEEN, faces=faces, quality=SEEN.quality if len(faces) == 1 else None)
    told = wire.answer(wire.pack_answer(said), MODEL, Want.OBSERVE)
    assert isinstance(told, Sight)
    assert len(told.faces) == len(faces)
    assert all(same(one, FOUND.face) for one in told.faces)
    assert (told.thumbnail == SEEN.thumbnail).all()
    assert (told.width, told.height, told.quality) == (640, 480, said.quality)
    assert (told.face_colour, told.ground_colour) == (SEEN.face_colour, SEEN.ground_colour)


def test_what_is_measured_is_what_is_heard() -> None:
    told = wire.answer(wire.pack_answer(Embedding(VECTOR, MODEL)), MODEL, EMBED)
    assert isinstance(told, Embedding)
    assert (told.vector == VECTOR).all()
    assert (told.model, told.laid) == (MODEL, None)
    told = wire.answer(wire.pack_answer(Embedding(VECTOR, MODEL, -VECTOR)), MODEL, EMBED)
    assert isinstance(told, Embedding)
    assert told.laid is not None
    assert (told.laid == -VECTOR).all()


def test_what_is_asked_is_what_is_done() -> None:
    for want in (Want.VECTOR, Want.OBSERVE, EMBED):
        data, heard = wire.asked(wire.pack_asked(b"frame", want))
        assert (data, heard.kind) == (b"frame", want.kind)
        assert heard.face is want.face is None or same(heard.face or FOUND.face, FOUND.face)
    assert len(wire.pack_asked(bytes(MOST_BYTES), EMBED)) <= wire.LONGEST


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"kind": "everything"},
        {"kind": "embed"},
        {"kind": "embed", "face": {}},
        {"kind": "embed", "face": [1]},
        {"kind": "observe", "face": json.loads(wire.pack_answer(FOUND))["face"]},
        {"kind": "observe", "shape": [0.0] * 10},
        {"kind": "embed", "face": json.loads(wire.pack_answer(FOUND))["face"], "shape": [0.0] * 9},
        {"kind": "embed", "face": json.loads(wire.pack_answer(FOUND))["face"], "shape": "round"},
    ],
)
def test_what_cannot_be_asked(told: dict[str, object]) -> None:
    head = json.dumps(told).encode()
    with pytest.raises(wire.Malformed):
        wire.asked(len(head).to_bytes(4, "big") + head + b"frame")


@pytest.mark.parametrize("message", [b"", b"\0\0", b"\0\0\0\x09{}", b"\xff\xff\xff\xff{}", b"\0\0\0\x02[]"])
def test_what_is_no_question(message: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.asked(message)


LIES: list[dict[str, object]] = [
    {"vector": None},
    {"vector": [0.0] * 128},
    {"vector": [1.0] * 127},
    {"vector": [float("nan")] * 128},
    {"vector": "a" * 128},
    {"vector": [True] * 128},
    {"size": [10**400, 1]},
    {"size": [640]},
    {"size": [641, 480]},
    {"size": [0, 480]},
    {"size": [640.0, 480]},
    {"quality": {}},
    {"quality": []},
    {"quality": None},
    {"face": None},
    {"face": [1]},
    {"refused": "granted"},
    {"refused": ["face_busy"]},
]


LIES_OF_A_FACE: list[dict[str, object]] = [
    {"landmarks": [1.0] * 9},
    {"landmarks": [1e39] * 10},
    {"box": [1, 2, 3]},
    {"box": [1, 2, 3, float("inf")]},
    {"score": "1"},
    {"score": 1e300},
    {"order": "MAKE_FACE"},
    {"order": 3},
]
LIES_OF_WHO_OBSERVES: list[dict[str, object]] = [
    {"size": [640]},
    {"size": [10**6, 480]},
    {"faces": None},
    {"faces": {}},
    {"faces": [1]},
    {"faces": [json.loads(wire.pack_answer(FOUND))["face"]] * 33},
    {"quality": {}},
    {"quality": 1},
    {"thumbnail": [0] * (16 * 17 - 1)},
    {"thumbnail": [256] * (16 * 17)},
    {"thumbnail": [-1] * (16 * 17)},
    {"thumbnail": [0.5] * (16 * 17)},
    {"thumbnail": [True] * (16 * 17)},
    {"thumbnail": "0" * (16 * 17)},
    {"face_colour": [0, 0]},
    {"face_colour": [0, 0, 256]},
    {"ground_colour": [0, -1, 0]},
    {"ground_colour": [float("nan")] * 3},
    {"ground_colour": None},
    {"refused": "granted"},
]


def disbelieved(told: Look | Sight | Embedding, want: Want[Any], lie: dict[str, object]) -> None:
    """Of a process that a crafted picture has taken over."""
    message = json.dumps({**json.loads(wire.pack_answer(told)), **lie}).encode()
    with pytest.raises(wire.Malformed):
        wire.answer(message, MODEL, want)


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_not_believed(lie: dict[str, object]) -> None:
    disbelieved(FOUND, Want.VECTOR, lie)


@pytest.mark.parametrize("lie", LIES_OF_WHO_OBSERVES)
def test_a_lie_of_who_observes_is_not_believed(lie: dict[str, object]) -> None:
    disbelieved(SEEN, Want.OBSERVE, lie)


@pytest.mark.parametrize("lie", LIES[:6])
def test_a_lie_of_who_measures_is_not_believed(lie: dict[str, object]) -> None:
    disbelieved(Embedding(VECTOR, MODEL), EMBED, lie)
    if lie.get("vector") is not None:
        disbelieved(Embedding(VECTOR, MODEL), EMBED, {"laid": lie["vector"]})


@pytest.mark.parametrize("lie", LIES_OF_A_FACE)
def test_a_lie_of_a_face_is_not_believed(lie: dict[str, object]) -> None:
    face = {**json.loads(wire.pack_answer(FOUND))["face"], **lie}
    disbelieved(FOUND, Want.VECTOR, {"face": face})
    disbelieved(SEEN, Want.OBSERVE, {"faces": [face]})


@pytest.mark.parametrize(("told", "want"), [(FOUND, Want.OBSERVE), (SEEN, Want.VECTOR), (SEEN, EMBED)])
def test_the_answer_to_another_question_is_none(told: Look | Sight, want: Want[Any]) -> None:
    disbelieved(told, want, {})


def test_a_quality_of_nobody_is_passed_over() -> None:
    told = wire.answer(wire.pack_answer(replace(SEEN, faces=())), MODEL, Want.OBSERVE)
    assert isinstance(told, Sight)
    assert told.quality is None


@pytest.mark.parametrize("message", [b"", b"{", b"[]", b"1", b"\xff\xfe", b"[" * 100_000, b"{}"])
def test_what_is_no_answer_at_all(message: bytes) -> None:
    for want in (Want.VECTOR, Want.OBSERVE, EMBED):
        with pytest.raises(wire.Malformed):
            wire.answer(message, MODEL, want)
    with pytest.raises(wire.Malformed):
        wire.greeting(message)


@pytest.mark.parametrize("dimensions", [0, -1, 10**9, 10**400, "128", None, True])
def test_a_greeting_of_an_impossible_model(dimensions: object) -> None:
    told = json.dumps({"model": {"name": "a", "version": "b", "dimensions": dimensions}}).encode()
    with pytest.raises(wire.Malformed):
        wire.greeting(told)


def test_lengths_and_deadlines_of_the_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, b"x" * 1000)
        with pytest.raises(wire.Malformed):
            wire.receive(ours, 999)
        with pytest.raises(wire.Gone):
            wire.receive(theirs, 10, time.monotonic() + 0.05)
        with pytest.raises(wire.Gone):
            wire.receive(theirs, 10, time.monotonic() - 1)
        began = time.monotonic()
        with pytest.raises(wire.Gone):  # nobody reads, and it is more than fits
            wire.send(theirs, bytes(50_000_000), began + 0.2)
        assert time.monotonic() - began < 10


def test_a_word_that_comes_in_pieces() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def dribble() -> None:
            for piece in (b"\0\0", b"\0\x05he", b"l", b"lo"):
                theirs.sendall(piece)
                time.sleep(0.01)

        thread = threading.Thread(target=dribble)
        thread.start()
        assert wire.receive(ours, 5, time.monotonic() + 5) == b"hello"
        thread.join()
        theirs.sendall(b"\0\0\0\x05he")
        theirs.close()
        with pytest.raises(wire.Gone):
            wire.receive(ours, 5)


def test_settings_bring_no_numbers_along() -> None:
    """Every process of the house reads them; few look at faces."""
    done = run("""
        import sys
        import biometrics.engine.choice
        print(sorted({"numpy", "PIL", "dlib", "cv2"} & set(sys.modules)))
    """)
    assert done.stdout.strip() == "[]", done.stderr
