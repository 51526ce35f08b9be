"""Pages of readers: how each is in words and numbers; watching, wiping; alarms for who may see them."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.models import Alarm, AlarmKind, AlarmState
from access.services import raise_reader_alarm
from ledger.models import LedgerEntry
from readers import health, services
from readers.models import DoorEventKind, Reader, ReaderHealth, ReaderKind, ReaderState
from tenants.refs import CompanyRef
from tests.fixtures.console import sign_in_as
from tests.readers.conftest import BY, lay_door, lay_reader
from tests.readers.pretend import Pretend

NOW = timezone.now()


@pytest.fixture
def alice(in_acme: CompanyRef) -> Client:
    return sign_in_as("alice")


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def say(reader: Pretend, **said: Any) -> Reader:
    """The reader has said this of itself."""
    row = Reader.objects.get(handle=reader.handle)
    told: dict[str, Any] = {"contacted_at": NOW, "list_at": NOW, "camera": "ready", "door": "ready"}
    ReaderHealth.objects.update_or_create(reader=row, defaults=told | said)
    return Reader.objects.select_related("health").get(handle=reader.handle)


def signs(row: Reader) -> dict[str, tuple[str, str, bool]]:
    return {sign.about: (sign.word, sign.figure, sign.bad) for sign in health.signs(row, NOW)}


def test_a_reader_that_never_said_a_word(dora: Pretend) -> None:
    row = Reader.objects.select_related("health").get()
    told = signs(row)
    assert {told[about][0] for about in ("Clock", "Its list", "To hand in", "Camera", "Door output")} == {
        "Not told"
    }
    assert told["Last heard"][0] == "Heard"


@pytest.mark.parametrize(
    ("said", "about", "sign"),
    [
        ({"drift_ms": 250}, "Clock", ("Right", "0.2 s", False)),
        ({"drift_ms": 31_000, "drifting_since": NOW}, "Clock", ("Slow", "31.0 s", True)),
        ({"drift_ms": -600_000, "drifting_since": NOW}, "Clock", ("Fast", "10 min", True)),
        ({"list_at": NOW - dt.timedelta(minutes=20)}, "Its list", ("Fresh", "20 min old", False)),
        ({"list_at": NOW - dt.timedelta(hours=30)}, "Its list", ("Old", "30 h old", True)),
        ({"list_at": NOW - dt.timedelta(days=3)}, "Its list", ("Old", "3 days old", True)),
        ({"list_at": None}, "Its list", ("None", "", True)),
        ({"queue": 0}, "To hand in", ("Nothing", "0 events", False)),
        ({"queue": 1}, "To hand in", ("Waiting", "1 event", False)),
        ({"camera": "away", "camera_since": NOW}, "Camera", ("No picture", "", True)),
        ({"door": "unsafe"}, "Door output", ("Not encrypted", "", True)),
        ({"decoder": "worn_out"}, "Decoder", ("Worn out", "", False)),
    ],
)
def test_a_word_and_a_number(
    dora: Pretend, said: dict[str, Any], about: str, sign: tuple[str, str, bool]
) -> None:
    assert signs(say(dora, **said))[about] == sign


def test_silent_is_bad_for_an_active_reader_only(dora: Pretend) -> None:
    Reader.objects.update(last_heard=NOW - dt.timedelta(minutes=5))
    assert signs(say(dora))["Last heard"] == ("Silent", "5 min ago", True)
    Reader.objects.update(state=ReaderState.SUSPENDED)
    assert signs(say(dora))["Last heard"] == ("Silent", "5 min ago", False)


def test_the_list_tells_all_of_it_and_costs_the_same(
    alice: Client, dora: Pretend, in_acme: CompanyRef
) -> None:
    say(dora, version="1.2.3", program="sallyport-reader", queue=12, camera="away", camera_since=NOW)
    page = text(alice.get("/readers/"))
    for told in (
        "sallyport-reader 1.2.3", "12 events", "No picture", "Front (entry)", "Needs a look", "0 of 1 ready",
    ):  # fmt: skip
        assert told in page

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            alice.get("/readers/")
        return len(captured)

    few = queries()
    point = lay_door("Dock")
    for number in range(4):
        say(lay_reader(in_acme, f"Reader {number}", point))
    assert queries() == few


def test_one_page_shows_the_door_and_the_last_cut(alice: Client, dora: Pretend) -> None:
    row = say(dora, offline_since=NOW - dt.timedelta(minutes=3))
    page = text(alice.get(f"/readers/{dora.handle}/"))
    assert "It has told nothing of its door yet" in page
    assert "Cut off Since" in page
    say(dora, offline_since=None, last_cut_off=NOW)
    told = [services.Told(1, DoorEventKind.FORCED, 1), services.Told(2, DoorEventKind.CLOSED, 2)]
    services.record_door_events(reader=row, events=told, now=NOW)
    page = text(alice.get(f"/readers/{dora.handle}/"))
    assert "Forced" in page
    assert "No; the last time" in page


def test_alarms_are_linked_for_those_who_may_see_them(alice: Client, dora: Pretend) -> None:
    raise_reader_alarm(kind=AlarmKind.DOOR_FORCED, reader=dora.handle, at=NOW, facts={})
    for path in ("/readers/", f"/readers/{dora.handle}/"):
        assert f"/alarms/?reader={dora.handle}" in alice.get(path).content.decode()
        assert "/alarms/?reader" not in sign_in_as("bob").get(path).content.decode()


def test_watching_is_chosen_in_the_form(alice: Client, dora: Pretend, front_door: Any) -> None:
    form = {"name": "Dora", "access_point": front_door.handle}
    assert "checked" in alice.get(f"/readers/{dora.handle}/").content.decode()
    alice.post(f"/readers/{dora.handle}/edit/", form)
    assert ReaderHealth.objects.get().watched is False
    assert "checked" not in alice.get(f"/readers/{dora.handle}/").content.decode()
    alice.post(f"/readers/{dora.handle}/edit/", form)
    alice.post(f"/readers/{dora.handle}/edit/", form | {"watched": "on"})
    verbs = LedgerEntry.objects.filter(verb__endswith="watched").order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["reader_unwatched", "reader_watched"]
    Reader.objects.update(kind=ReaderKind.BROWSER)
    ReaderHealth.objects.update(watched=None)
    assert "checked" not in alice.get(f"/readers/{dora.handle}/").content.decode()


def test_wiping_says_what_it_does_and_what_it_cannot(alice: Client, dora: Pretend) -> None:
    say(dora, queue=7)
    page = text(alice.get(f"/readers/{dora.handle}/"))
    for told in ("7 events that it has not handed in will be lost", "cannot be wiped", "names nobody"):
        assert told in page
    assert "is wiped when it is next heard" in text(alice.post(f"/readers/{dora.handle}/wipe/", follow=True))
    assert Reader.objects.get().state == ReaderState.SUSPENDED
    page = alice.get(f"/readers/{dora.handle}/").content.decode()
    assert "/resume/" not in page
    assert "to be wiped" in text(alice.get("/readers/"))
    services.note_wiped(reader=Reader.objects.get(), now=NOW)
    assert "It said that it wiped itself" in text(alice.get(f"/readers/{dora.handle}/"))
    assert "told to wipe itself" in text(alice.post(f"/readers/{dora.handle}/resume/", follow=True))
    assert Reader.objects.get().state == ReaderState.SUSPENDED


def test_two_of_one_identity_are_told_of(alice: Client, dora: Pretend) -> None:
    say(dora, forked_at=NOW)
    services.suspend_reader(reader=Reader.objects.get(), by=BY)
    assert "its new key shuts the other one out" in text(alice.get(f"/readers/{dora.handle}/"))
    assert "two of one identity" in text(alice.get("/readers/"))


@pytest.mark.parametrize("path", ["/alarms/?reader=999", "/alarms/?reader=x", f"/alarms/?reader={'9' * 30}"])
def test_alarms_of_no_reader(alice: Client, path: str) -> None:
    assert alice.get(path).status_code == 404


def test_an_alarm_is_answered_with_a_choice(alice: Client, dora: Pretend) -> None:
    raise_reader_alarm(kind=AlarmKind.READER_DRIFTING, reader=dora.handle, at=NOW, facts={"seconds": -40})
    raise_reader_alarm(kind=AlarmKind.DOOR_FORCED, reader=dora.handle, at=NOW, facts={})
    alarm = Alarm.objects.get(kind=AlarmKind.READER_DRIFTING)
    page = text(alice.get(f"/alarms/?reader={dora.handle}"))
    for told in ("40 s fast", "Check that it reaches its time server", "Nothing found", "Mended", "Attack"):
        assert told in page
    assert 'name="note"' not in alice.get("/alarms/").content.decode()
    close, acknowledge = f"/alarms/{alarm.pk}/close/", f"/alarms/{alarm.pk}/acknowledge/"
    for wrong in ({}, {"finding": "OTHER"}, {"note": "Words."}):
        assert "Choose what you found" in text(alice.post(close, wrong, follow=True))
    assert Alarm.objects.get(pk=alarm.pk).state == AlarmState.OPEN
    alice.post(acknowledge)
    assert Alarm.objects.get(pk=alarm.pk).state == AlarmState.ACKNOWLEDGED
    alice.post(close, {"finding": "MENDED"})
    row = Alarm.objects.get(pk=alarm.pk)
    assert (row.state, row.finding) == (AlarmState.CLOSED, "MENDED")
    assert LedgerEntry.objects.get(verb="alarm_closed").data["finding"] == "MENDED"
    assert ": Mended" in text(alice.get("/alarms/?state=all"))
