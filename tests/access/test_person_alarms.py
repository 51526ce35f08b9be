"""Alarms about a person's face: raised by what biometrics announces, one open each; answered with a note."""

import datetime as dt
import html
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from access.models import Alarm, AlarmKind, AlarmNote, AlarmState
from access.services import acknowledge_alarm, close_alarm, raise_face_lockout
from biometrics.signals import face_locked_out, template_unreadable
from credentials.models import Holder
from ledger.models import LedgerEntry
from tenants.context import CompanyRef
from tests.access.build import BY, henri
from tests.fixtures.console import SignIn

NOW = timezone.now().replace(microsecond=0)
UNTIL = NOW + dt.timedelta(minutes=10)
ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def holder(in_acme: CompanyRef) -> Holder:
    return henri()


def locked_out(holder: Holder, *, where: str = "reader:3", until: dt.datetime = UNTIL) -> None:
    face_locked_out.send(sender=None, person=holder.handle, where=where, until=until)


def unreadable(holder: Holder, template: uuid.UUID = ONE) -> None:
    template_unreadable.send(sender=None, person=holder.handle, template=template)


def stand(*kinds: AlarmKind) -> None:
    found = Alarm.objects.filter(state=AlarmState.OPEN).order_by("found_at")
    assert [one.kind for one in found] == list(kinds)


def answered(state: AlarmState) -> None:
    deed = acknowledge_alarm if state == AlarmState.ACKNOWLEDGED else close_alarm
    for alarm in Alarm.objects.exclude(state=AlarmState.CLOSED):
        deed(alarm=alarm, by=BY, note="Called them.")


def raised() -> list[tuple[str, int, dict[str, Any]]]:
    rows = LedgerEntry.objects.filter(verb="alarm_raised").order_by("at")
    return [(row.subject_kind, row.handle or 0, row.data) for row in rows]


def test_a_lockout_is_told_once(holder: Holder) -> None:
    for _ in range(3):
        locked_out(holder)
    alarm = Alarm.objects.get()
    facts = {"reader": 3, "until": int(UNTIL.timestamp())}
    assert (alarm.kind, alarm.holder, alarm.reader, alarm.device) == ("FACE_LOCKED_OUT", holder, None, None)
    assert alarm.facts == facts
    told = {"alarm": str(alarm.pk), "kind": "FACE_LOCKED_OUT", **facts}
    assert raised() == [("holder", holder.handle, told)]
    assert str(alarm) == f"FACE_LOCKED_OUT of holder {holder.handle}"


def test_a_further_one_makes_the_open_alarm_reach_further(holder: Holder) -> None:
    locked_out(holder)
    later = UNTIL + dt.timedelta(minutes=10)
    locked_out(holder, where="device:7", until=later)
    locked_out(holder, until=UNTIL)  # the first one again
    assert Alarm.objects.get().facts == {"device": 7, "until": int(later.timestamp())}
    assert len(raised()) == 1


@pytest.mark.parametrize("state", [AlarmState.ACKNOWLEDGED, AlarmState.CLOSED])
def test_after_an_answer_only_another_lockout_is_told(holder: Holder, state: AlarmState) -> None:
    locked_out(holder)
    answered(state)
    locked_out(holder)
    stand()
    locked_out(holder, until=UNTIL + dt.timedelta(minutes=10))
    stand(AlarmKind.FACE_LOCKED_OUT)
    assert len(raised()) == 2


def test_each_person_has_their_own(holder: Holder) -> None:
    other = henri("other@acme.example")
    locked_out(holder)
    locked_out(other)
    unreadable(holder)
    stand(AlarmKind.FACE_LOCKED_OUT, AlarmKind.FACE_LOCKED_OUT, AlarmKind.TEMPLATE_UNREADABLE)


def test_an_enrolled_face_that_does_not_open(holder: Holder) -> None:
    unreadable(holder)
    unreadable(holder)
    stand(AlarmKind.TEMPLATE_UNREADABLE)
    assert Alarm.objects.get().facts == {"template": str(ONE)}
    unreadable(holder, OTHER)  # one open alarm is enough; it tells of the newest
    assert Alarm.objects.get().facts == {"template": str(OTHER)}
    answered(AlarmState.ACKNOWLEDGED)
    unreadable(holder, OTHER)
    stand()
    unreadable(holder, ONE)
    stand(AlarmKind.TEMPLATE_UNREADABLE)
    answered(AlarmState.CLOSED)
    unreadable(holder, ONE)  # it was said to be mended, and is not
    stand(AlarmKind.TEMPLATE_UNREADABLE)


def test_nobody_known_raises_none(in_acme: CompanyRef) -> None:
    assert not raise_face_lockout(person=999_999, where="reader:3", until=UNTIL)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(
    "where", ["", "reader", "reader:", "reader:x", "door:3", "3", "reader:-3", "reader:³"]
)
def test_what_is_no_place(holder: Holder, where: str) -> None:
    with pytest.raises(ValueError, match="no place of a lockout"):
        raise_face_lockout(person=holder.handle, where=where, until=UNTIL)


def test_it_is_taken_back_with_what_raised_it(holder: Holder) -> None:
    def fails() -> None:
        with transaction.atomic():
            locked_out(holder)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Alarm.objects.exists()


def test_it_is_answered_with_a_note_under_the_persons_key(holder: Holder, signed_in: SignIn) -> None:
    locked_out(holder)
    unreadable(holder)
    client = signed_in("alice")
    page = html.unescape(client.get("/alarms/").content.decode())
    for words in (
        "A face was refused too often: <a",
        "An enrolled face cannot be read: <a",
        "Henri Holder",
        "at a reader, locked out until <local-time>",
        "the way in without a face stays open",
    ):
        assert words in page, words
    assert "What you found" in page
    assert 'name="finding"' not in page
    alarm = Alarm.objects.get(kind=AlarmKind.FACE_LOCKED_OUT)
    answer = {"note": "It was they, in the dark.", "finding": "ATTACK"}
    assert client.post(f"/alarms/{alarm.pk}/close/", answer).status_code == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.finding) == (AlarmState.CLOSED, "")
    assert AlarmNote.objects.get().text == "It was they, in the dark."
    entry = LedgerEntry.objects.get(verb="alarm_closed")
    assert (entry.subject_kind, entry.handle) == ("holder", holder.handle)


def test_other_kinds_need_more_than_a_person(holder: Holder) -> None:
    for kind in (AlarmKind.CODE_USED_TWICE, AlarmKind.READER_SILENT):
        with pytest.raises(IntegrityError, match="alarm_is_about_something"), transaction.atomic():
            Alarm.objects.create(kind=kind, holder=holder, at=NOW, found_at=NOW)
    Alarm.objects.create(kind=AlarmKind.FACE_LOCKED_OUT, holder=holder, at=NOW, found_at=NOW)
    with pytest.raises(IntegrityError, match="one_open_alarm_per_person"), transaction.atomic():
        Alarm.objects.create(kind=AlarmKind.FACE_LOCKED_OUT, holder=holder, at=NOW, found_at=NOW)
