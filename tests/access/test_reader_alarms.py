"""Alarms about a reader: one of a kind at a time; closed by themselves, or answered at the desk."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.models import Alarm, AlarmKind, AlarmNote, AlarmState
from access.services import clear_reader_alarm, close_alarm, raise_reader_alarm
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.fixtures.console import SignIn

NOW = timezone.now().replace(microsecond=0)


def raised(kind: AlarmKind = AlarmKind.READER_SILENT, reader: int = 7, **facts: Any) -> bool:
    return raise_reader_alarm(kind=kind, reader=reader, at=NOW, facts=facts)


def test_one_of_a_kind_stands_for_each_reader(in_acme: CompanyRef) -> None:
    assert raised(seconds=90)
    assert not raised(seconds=120)
    assert raised(reader=8)
    assert raised(AlarmKind.READER_DRIFTING)
    assert Alarm.objects.count() == 3
    entries = LedgerEntry.objects.filter(verb="alarm_raised")
    assert [entry.handle for entry in entries.order_by("at")] == [7, 8, 7]


def test_it_closes_by_itself_and_may_come_again(in_acme: CompanyRef) -> None:
    assert not clear_reader_alarm(kind=AlarmKind.READER_SILENT, reader=7)
    raised()
    assert clear_reader_alarm(kind=AlarmKind.READER_SILENT, reader=7)
    assert not clear_reader_alarm(kind=AlarmKind.READER_SILENT, reader=7)
    closed = Alarm.objects.get()
    assert (closed.state, closed.answered_by) == (AlarmState.CLOSED, "system")
    assert raised()
    assert LedgerEntry.objects.filter(verb="alarm_closed", handle=7).count() == 1


def test_an_operator_closes_one_about_a_reader(in_acme: CompanyRef, signed_in: SignIn) -> None:
    raised()
    alarm = Alarm.objects.get()
    page = signed_in("alice").get("/alarms/").content.decode()
    assert "A reader is silent" in page
    close_alarm(alarm=alarm, note="Somebody had pulled the plug.", by="operator:alice")
    assert Alarm.objects.get().state == AlarmState.CLOSED
    assert not AlarmNote.objects.exists()  # no person's key hides it
    assert LedgerEntry.objects.get(verb="alarm_closed").subject_kind == "reader"


def test_an_alarm_is_about_something(in_acme: CompanyRef) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(kind=AlarmKind.READER_SILENT, at=NOW, found_at=NOW + dt.timedelta(seconds=1))
