"""Two processes of one identity at the same moment: one goes on; a control shows it without the lock."""

import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from access.models import Alarm
from readers import services
from readers.models import DoorEvent, DoorEventKind, Reader, ReaderState
from readers.refusals import ReaderRefused
from readers.services import Report, Told, contacts
from tenants.context import CompanyRef, enter
from tests.readers.conftest import lay_door, lay_reader

AT_ONCE = 6
REPORT = Report(at_ms=1)


@pytest.fixture
def reader(own_company: CompanyRef) -> Reader:
    with enter(own_company):
        return Reader.objects.get(handle=lay_reader(own_company, "Dora", lay_door("Front")).handle)


def at_once(company: CompanyRef, deeds: list[Callable[[], Any]]) -> list[Any]:
    barrier = threading.Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        try:
            with enter(company):
                barrier.wait()
                return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def say(reader: Reader, token: bytes, nonce: bytes) -> str:
    """The token that came, or the code of the refusal."""
    try:
        now = timezone.now()
        shown = services.Shown(token, nonce, int(now.timestamp()))
        found = services.contact(reader=reader, shown=shown, report=REPORT, now=now)
    except ReaderRefused as refusal:
        return refusal.code.value
    return found.token.hex()


def test_of_many_at_once_one_goes_on(own_company: CompanyRef, reader: Reader) -> None:
    with enter(own_company):
        token = bytes.fromhex(say(reader, b"", bytes(16)))
    answers = at_once(
        own_company, [lambda: say(reader, token, secrets.token_bytes(16)) for _ in range(AT_ONCE)]
    )
    assert sum(len(answer) == 48 for answer in answers) == 1
    assert set(answers) >= {"identity_forked"}
    with enter(own_company):
        assert Reader.objects.get().state == ReaderState.SUSPENDED
        assert Alarm.objects.count() == 1


def test_one_request_repeated_at_once_gets_one_answer(own_company: CompanyRef, reader: Reader) -> None:
    nonce = secrets.token_bytes(16)
    assert len(set(at_once(own_company, [lambda: say(reader, b"", nonce)] * AT_ONCE))) == 1
    with enter(own_company):
        assert Reader.objects.get().state == ReaderState.ACTIVE


def test_control_without_the_lock_two_go_on(
    own_company: CompanyRef, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    with enter(own_company):
        token = bytes.fromhex(say(reader, b"", bytes(16)))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *_, **__: self.all())
    gate, follows = threading.Barrier(2), contacts._follows

    def slow(*given: Any) -> bool:
        found = follows(*given)
        gate.wait(timeout=20)
        return found

    monkeypatch.setattr(contacts, "_follows", slow)
    answers = at_once(own_company, [lambda: say(reader, token, secrets.token_bytes(16))] * 2)
    assert [len(answer) for answer in answers] == [48, 48]


def test_the_same_door_events_at_once_are_kept_once(own_company: CompanyRef, reader: Reader) -> None:
    told = [Told(number, DoorEventKind.FORCED, 1) for number in range(1, 20)]

    def tell() -> int:
        return services.record_door_events(reader=reader, events=told, now=timezone.now())

    assert at_once(own_company, [tell] * AT_ONCE) == [19] * AT_ONCE
    with enter(own_company):
        assert DoorEvent.objects.count() == 19
        assert Alarm.objects.count() == 1
