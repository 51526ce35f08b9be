"""An enrolment at a desk and a match at a door by the real engine, committed. Then everything that could hold
a picture or the raw measures of a face is searched for them.
"""

import base64
import json
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from numpy.typing import NDArray
from PIL import Image
from pytest_django.plugin import DjangoDbBlocker

from biometrics.engine.interface import Model
from biometrics.engine.looking import Found, Want
from biometrics.engine.pool import Pool
from biometrics.engine.vectors import enrolment_vector
from biometrics.models import FaceTemplate
from biometrics.views import desk as views
from config.settings.environment import VAR
from deploy.local.postgres import Postgres
from ledger.outbox import deliver
from operators.models import Operator
from operators.services import enrol_totp
from tenants import context
from tenants.context import CompanyRef
from tests import servers
from tests.biometrics.desk import Clock, lay_desk
from tests.biometrics.photographs import jpeg
from tests.biometrics.real import Door, engine, pose
from tests.compliance.build import whom
from tests.isolation.heaps import dump, found, keyspace, overheard

__all__ = ["engine", "overheard"]
pytestmark = pytest.mark.faults
PIECE = 64
MOST_FILE = 256 * 1024 * 1024
Numbers = NDArray[Any]


class Listening:
    """The engine, and every measure that it gave."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.deadline = pool, pool.deadline
        self.vectors: list[Numbers] = []

    @property
    def model(self) -> Any:
        return self.pool.model

    def look_now(self, data: bytes, want: Want[Found], *, deadline: float | None = None) -> Found:
        """See biometrics.watching.Looker."""
        seen: Any = self.pool.look_now(data, want, deadline=deadline)
        if hasattr(seen, "vector"):
            self.vectors.append(np.array(seen.vector))
        return seen  # type: ignore[no-any-return]


@dataclass
class Done:
    """What was taken, what was measured, and what is kept."""

    pictures: list[bytes]
    vectors: list[Numbers]
    sealed: bytes

    @property
    def measures(self) -> list[bytes]:
        """Of each frame, and of the enrolment."""
        whole = enrolment_vector(self.vectors[:3], Model("dlib-resnet-v1", "", 128))
        return [part for vector in [*self.vectors, whole] for part in spelt(vector)]


@pytest.fixture
def since(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> float:
    """From when on files are looked at; temporary ones of this process go to a folder of this test."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return time.time() - 1


def unheard(number: int) -> bytes:
    """The photograph with a grain that no other run has, so that nothing of theirs is found."""
    picture = np.array(Image.open(BytesIO(pose(number))), dtype=np.int16)
    grain = np.random.default_rng(int.from_bytes(os.urandom(8), "big")).integers(-2, 3, picture.shape)
    return jpeg(Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8)), quality=85)


def pieces(picture: bytes) -> list[bytes]:
    """The file, and three places in the middle of its scan: tables and heads are alike in many files."""
    scan = picture.index(b"\xff\xda")
    span = len(picture) - scan
    return [picture, *(picture[scan + span * n // 4 :][:PIECE] for n in (1, 2, 3))]


def spelt(vector: Numbers) -> list[bytes]:
    """The raw measure: as floats of either size, and the first numbers as text would have them."""
    wide = vector.astype("<f8")
    parts = [kind.tobytes() for kind in (vector.astype("<f4"), wide)]
    texts = [json.dumps([float(one) for one in kind[:3]])[1:-1] for kind in (vector.astype("<f4"), wide)]
    return [*parts, *(part[:PIECE] for part in parts), *(text.encode() for text in texts)]


def client_of(company: CompanyRef, operator: Operator) -> Client:
    device = enrol_totp(operator=operator, secret=b"twenty bytes secret!")
    client = Client(HTTP_HOST=company.host)
    client.force_login(operator)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def files(since: float) -> Iterator[tuple[str, bytes]]:
    """What was written since then in any folder for such things, PostgreSQL's own files among it."""
    folders = {
        Path(tempfile.gettempdir()),
        Path("/tmp"),
        Path("/var/tmp"),
        Path("/dev/shm"),
        VAR,
        servers.folder(),
    }
    seen: set[Path] = set()
    for folder in folders:
        for path in (Path(at, name) for at, _, names in os.walk(folder) for name in names):
            try:
                told = path.stat()
                if path in seen or not path.is_file() or told.st_mtime < since or told.st_size > MOST_FILE:
                    continue
                seen.add(path)
                yield str(path), path.read_bytes()
            except OSError:
                continue  # gone meanwhile, or another user's


def lies(
    since: float, pictures: list[bytes], secrets: list[bytes], looked: set[str] | None = None
) -> list[tuple[str, bytes]]:
    """Which piece lies in which file, plain, as hex or as base64."""
    plain = [*(part for picture in pictures for part in pieces(picture)), *secrets]
    wanted = [(one, how) for one in plain for how in (one, one.hex().encode(), base64.b64encode(one)[4:-4])]
    told = []
    for name, heap in files(since):
        if looked is not None:
            looked.add(name)
        told += [(name, one[:20]) for one, how in wanted if how in heap]
    return told


@pytest.fixture
def committed(
    own_company: CompanyRef, django_db_blocker: DjangoDbBlocker, engine: Pool, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Done]:
    """Somebody is enrolled at the desk of a fresh company, and known at a door; nothing is rolled back."""
    clock, listening = Clock(), Listening(engine)
    monkeypatch.setattr(views, "timezone", clock)
    monkeypatch.setattr(views, "house_looker", lambda: listening)
    pictures = [unheard(number) for number in (0, 1, 2, 4)]
    with django_db_blocker.unblock(), context.enter(own_company):
        client = client_of(own_company, Operator.objects.get())
        desk, notice = lay_desk(clock)
        desk.sign_in = lambda _: client
        desk.agree(notice)
        told = desk.enrol(*pictures[:3])
        assert told["phase"] == "passed", told
        clock.on(5)
        door = Door(whom(desk.holder), clock, listening)
        assert door.look(pictures[3]).phase == "passed"
        assert door.outcome == "matched"
        deliver(own_company)
        yield Done(pictures, listening.vectors, bytes(FaceTemplate.objects.get().sealed or b""))


def test_nothing_of_a_face_lies_anywhere(
    since: float,
    overheard: list[bytes],
    caplog: pytest.LogCaptureFixture,
    postgres: Postgres,
    committed: Done,
) -> None:
    heaps = {
        "database": dump(postgres, servers.DATABASE),
        "keys database": dump(postgres, servers.KEYS),
        "valkey": b"\n".join(k + b" " + v for k, v in keyspace(settings.VALKEY_URL).items()),
        "messages": b"\n".join(overheard),
        "log": caplog.text.encode(),
        "postgres log": postgres.log.read_bytes(),
    }
    assert committed.sealed.hex().encode() in heaps["database"]  # it holds what was committed
    assert len(committed.vectors) == 4
    parts = [part for picture in committed.pictures for part in pieces(picture)]
    assert not found(heaps, [*parts, *committed.measures], digests=False)
    looked: set[str] = set()
    assert not lies(since, committed.pictures, committed.measures, looked)
    assert any(str(servers.folder()) in name for name in looked)  # PostgreSQL's own files among them


@pytest.mark.parametrize("spelling", [bytes, bytes.hex, base64.b64encode])
def test_the_search_finds_a_picture(tmp_path: Path, since: float, spelling: Any) -> None:
    """The control: where one was written, and where a piece of it went into a message."""
    picture = unheard(3)
    said = spelling(picture)
    heap = said.encode() if isinstance(said, str) else bytes(said)
    assert found({"heap": b"before " + heap + b" behind"}, pieces(picture), digests=False)
    (tmp_path / "kept.bin").write_bytes(b"before" + heap)
    assert {Path(name).name for name, _ in lies(since, [picture], [])} == {"kept.bin"}


@pytest.mark.parametrize("kind", ["<f4", "<f8"])
def test_the_search_finds_a_measure(kind: str) -> None:
    measure = np.random.default_rng(1).normal(size=128)
    narrow = measure.astype(kind)
    for heap in (narrow.tobytes(), narrow.tobytes().hex().encode(), json.dumps(narrow.tolist()).encode()):
        assert found({"heap": b"before " + heap}, spelt(measure), digests=False)
