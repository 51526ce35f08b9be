"""A hand-in is checked in a process of its own: to the same end, without what it has no business with."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from access.models import AccessEvent
from readers.handin import apart as apart_module
from readers.handin import reading
from readers.handin.apart import Apart, Away
from readers.handin.lives import Lives
from readers.handin.process import Job
from readers.handin.told import Piece
from readers.models import JournalQuarantine
from readers.services import handin
from tenants.refs import CompanyRef
from tests.readers.handing import CutOff, as_json, cut_off
from tests.scanning.world import lay_world
from vault import caches, rotation


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """A process of this test's own."""
    made = Apart()
    monkeypatch.setattr(handin, "apart", made)
    yield made
    made.end()


@pytest.fixture
def away(in_acme: CompanyRef) -> CutOff:
    reader = cut_off(lay_world(in_acme))
    for _ in range(6):
        reader.present(reader.world.code())
    return reader


def results(away: CutOff, client: Client, first: int, last: int) -> list[str]:
    answer = away.post(client, away.entries[first:last])
    assert answer.status_code == 200, answer.content
    return [one["code"] or one["result"] for one in answer.json()["results"]]


def test_it_tells_of_each_entry_what_checking_here_tells(away: CutOff, client: Client, one: Apart) -> None:
    away.present("no code")
    away.present("no code", granted=True)
    away.present(away.world.code(), facts="{}")
    away.present(away.world.code(), at_ms=1_000)
    away.present("\ud83d \0")
    away.entries[0] = replace(away.entries[0], sig=b"\1" * 64)
    told = results(away, client, 0, 11)
    assert one.pid is not None
    faults = ["code_not_ours", "facts_differ", "out_of_time"]
    assert told == ["signature_wrong", *["recorded"] * 6, *faults, "recorded"]
    assert {row.reason for row in JournalQuarantine.objects.all()} == {"signature_wrong", *faults}
    assert [word for word in away.results() if word not in told] == ["known"] * 7


def test_one_that_was_killed_loses_nothing(away: CutOff, client: Client, one: Apart) -> None:
    assert results(away, client, 0, 2) == ["recorded"] * 2
    first = one.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)  # it takes the job and dies over it
    os.kill(first, signal.SIGKILL)
    assert results(away, client, 2, 4) == ["recorded"] * 2
    one._rest_until = 0.0
    assert results(away, client, 4, 6) == ["recorded"] * 2
    assert one.pid not in {None, first}
    assert AccessEvent.objects.count() == 6


def test_one_that_cannot_be_started_loses_nothing(
    away: CutOff, client: Client, one: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert results(away, client, 0, 6) == ["recorded"] * 6
    assert one.pid is None
    with pytest.raises(Away):
        one.check(Job(b"c" * 16, 1, (), Lives(((0, 30),)), 0, None, b""), token=(), keys=lambda: ())


def test_one_that_does_not_answer_is_ended(
    away: CutOff, client: Client, one: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    results(away, client, 0, 1)
    first = one.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr(apart_module, "ANSWER_SECONDS", 0.2)
    assert results(away, client, 1, 6) == ["recorded"] * 5
    assert not Path(f"/proc/{first}").exists()


def test_it_has_nothing_of_our_environment_and_ends_with_the_pipe(
    away: CutOff, client: Client, one: Apart
) -> None:
    results(away, client, 0, 1)
    pid = one.pid
    told = Path(f"/proc/{pid}/environ").read_text()
    assert [part.partition("=")[0] for part in told.split("\0") if part] == ["PYTHONPATH"]
    assert one._line is not None
    assert one._process is not None
    one._line.close()
    assert one._process.wait(timeout=20) == 0


def test_it_lets_go_of_the_processor_after_each_entry(away: CutOff, client: Client, one: Apart) -> None:
    """So that whoever scans waits for one entry at most, and not for the scheduler's next tick."""
    for _ in range(40):
        away.present(away.world.code())
    results(away, client, 0, 1)
    before = _gave_way(one.pid)
    assert results(away, client, 1, 46) == ["recorded"] * 45
    assert _gave_way(one.pid) - before >= 45


def _gave_way(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def test_a_key_set_that_is_refused_is_refused_there_too(away: CutOff, client: Client, one: Apart) -> None:
    assert results(away, client, 0, 3) == ["recorded"] * 3
    rotation.refuse_and_rotate(by="operator:test")
    caches.drop(away.world.company.id)  # as its commit does
    told = results(away, client, 3, 6)
    assert one.pid is not None
    assert set(told) <= {"code_not_ours", "out_of_time"}


def test_whatever_the_shape_takes_is_read_alike(away: CutOff) -> None:
    good = as_json(away.entries[0])
    body = json.dumps({"entries": [good]}).encode()
    assert reading.read_body(body) == Piece(tuple(away.entries[:1]))
    told = reading.read_body(json.dumps({"after": 0, "entries": [good]}).encode())
    assert told == Piece(tuple(away.entries[:1]), 0)
    for after in (-1, 2**53, True, None, "1"):
        assert reading.read_body(json.dumps({"after": after, "entries": [good]}).encode()) is None
    wrong: list[dict[str, object]] = [{"position": True}, {"position": 0}, {"at_ms": 1.5}, {"granted": 1}]
    wrong += [{"challenges": [0]}, {"reason": "x" * 41}, {"sig": "AA=="}, {"code": None}, {"seq": -1}]
    for changes in wrong:
        body = json.dumps({"entries": [good | changes]}).encode()
        assert reading.read_body(body) is None, changes
    for text in (b"", b"[]", b"{}", b'{"entries": []}', b'{"entries": [1]}', b"\xff", b"[" * 100_000):
        assert reading.read_body(text) is None, text[:20]


def test_it_starts_without_django() -> None:
    command = "import sys, readers.handin.process; sys.exit('django' in sys.modules)"
    root = apart_module.ROOT
    subprocess.run([sys.executable, "-c", command], cwd=root, env={"PYTHONPATH": str(root)}, check=True)
