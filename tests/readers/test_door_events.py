"""What doors did: counted once, in order, alarms raised and cleared; the wipe that a reader is told to do."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.models import Alarm, AlarmKind, AlarmState
from ledger.models import LedgerEntry
from readers import services
from readers.models import DoorEvent, DoorReport, Reader, ReaderHealth, ReaderKind, ReaderState
from readers.refusals import ReaderRefused
from tenants.refs import CompanyRef
from tests.readers.conftest import BY
from tests.readers.pretend import Pretend, b64

DOOR, CONTACT, WIPED = "/api/v1/readers/door", "/api/v1/readers/contact", "/api/v1/readers/wiped"


def event(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "kind": kind, "at_ms": 1_700_000_000_000 + number, **more}


def tell(client: Client, reader: Pretend, *events: dict[str, Any]) -> Any:
    return reader.call(client, "POST", DOOR, {"events": list(events)})


def standing() -> set[str]:
    return set(Alarm.objects.exclude(state=AlarmState.CLOSED).values_list("kind", flat=True))


def test_events_are_kept_once_and_the_last_number_is_told(client: Client, dora: Pretend) -> None:
    assert tell(client, dora).json() == {"number": 0}
    sent = [event(1, "opened", counter=5), event(2, "not_opened", counter=6), event(3, "exit_button")]
    for _ in range(2):
        assert tell(client, dora, *sent).json() == {"number": 3}
    assert tell(client, dora, sent[2], event(4, "exit_button")).json() == {"number": 4}
    assert DoorEvent.objects.count() == 4
    assert list(DoorReport.objects.order_by("counter").values_list("counter", "opened")) == [
        (5, True),
        (6, False),
    ]
    assert not Alarm.objects.exists()


def test_the_first_word_about_a_grant_stands(client: Client, dora: Pretend) -> None:
    dora.call(client, "POST", "/api/v1/scans/outcome", {"counter": 5, "opened": True})
    assert tell(client, dora, event(1, "not_opened", counter=5)).json() == {"number": 1}
    assert DoorReport.objects.get().opened


@pytest.mark.parametrize(
    ("kind", "alarm"),
    [
        ("forced", AlarmKind.DOOR_FORCED),
        ("held_open", AlarmKind.DOOR_HELD_OPEN),
        ("tampered", AlarmKind.READER_TAMPERED),
        ("no_secure_channel", AlarmKind.NO_SECURE_CHANNEL),
    ],
)
def test_what_must_be_looked_at_is_an_alarm_once(
    client: Client, dora: Pretend, kind: str, alarm: AlarmKind
) -> None:
    for _ in range(2):
        tell(client, dora, event(1, kind))
    tell(client, dora, event(2, kind))
    row = Alarm.objects.get()
    assert (row.kind, row.reader, row.facts["number"]) == (alarm, dora.handle, 1)
    assert int(row.at.timestamp() * 1000) == 1_700_000_000_001


def test_a_door_that_closes_ends_held_open_and_nothing_else(client: Client, dora: Pretend) -> None:
    tell(client, dora, event(1, "held_open"), event(2, "forced"))
    assert standing() == {AlarmKind.DOOR_HELD_OPEN, AlarmKind.DOOR_FORCED}
    tell(client, dora, event(3, "closed"))
    assert standing() == {AlarmKind.DOOR_FORCED}
    tell(client, dora, event(4, "held_open"), event(5, "closed"))
    assert Alarm.objects.filter(kind=AlarmKind.DOOR_HELD_OPEN).count() == 2
    assert standing() == {AlarmKind.DOOR_FORCED}


def test_a_missing_number_is_on_record_and_holds_nothing_up(client: Client, dora: Pretend) -> None:
    tell(client, dora, event(1, "closed"))
    assert tell(client, dora, event(5, "closed")).json() == {"number": 5}
    assert LedgerEntry.objects.get(verb="door_events_missing").data == {"first": 2, "last": 4}


def test_a_reader_that_lost_its_count_is_not_thought_to_repeat(client: Client, dora: Pretend) -> None:
    tell(client, dora, event(1, "closed"), event(2, "closed"))
    answer = tell(client, dora, {**event(1, "forced"), "at_ms": 5}, event(3, "closed"))
    assert (answer.status_code, answer.json()["code"]) == (422, "door_event_differs")
    assert DoorEvent.objects.count() == 2


@pytest.mark.parametrize(
    "events",
    [
        [event(0, "closed")],
        [event(1, "exploded")],
        [event(1, "opened")],
        [event(1, "closed", counter=3)],
        [event(2, "closed"), event(1, "closed")],
        [event(1, "closed"), event(1, "closed")],
        [event(n, "closed") for n in range(1, 502)],
        [event(1, "closed") | {"at_ms": "now"}],
        "none",
    ],
)
def test_what_is_malformed_is_400(client: Client, dora: Pretend, events: Any) -> None:
    assert dora.call(client, "POST", DOOR, {"events": events}).status_code == 400
    assert not DoorEvent.objects.exists()


def contact(client: Client, reader: Pretend) -> Any:
    body = {"token": "", "nonce": b64(bytes(16)), "at_ms": 1, "queue": 0}
    return reader.call(client, "POST", CONTACT, body)


def test_a_wipe_reaches_a_reader_that_is_switched_off(client: Client, dora: Pretend) -> None:
    assert contact(client, dora).json()["wipe"] is False
    assert dora.call(client, "POST", WIPED).json()["code"] == "wipe_not_asked"
    row = Reader.objects.get()
    for _ in range(2):
        services.ask_wipe(reader=row, by=BY)
    assert Reader.objects.get().state == ReaderState.SUSPENDED
    assert dora.call(client, "GET", "/api/v1/readers/next").status_code == 403
    for _ in range(2):
        assert contact(client, dora).json()["wipe"] is True
        assert dora.call(client, "POST", WIPED).status_code == 204
    assert ReaderHealth.objects.get().wiped_at is not None
    verbs = list(
        LedgerEntry.objects.filter(verb__contains="wipe").order_by("at").values_list("verb", "actor")
    )
    assert verbs == [("reader_wipe_asked", BY), ("reader_wiped", row.actor)]


def test_a_wiped_reader_is_not_resumed_but_paired_again(
    client: Client, dora: Pretend, in_acme: CompanyRef
) -> None:
    contact(client, dora)
    row = Reader.objects.get()
    services.ask_wipe(reader=row, by=BY)
    with pytest.raises(ReaderRefused, match="reader_wiped"):
        services.resume_reader(reader=row, by=BY)
    ticket = services.start_pairing(
        name="Dora", access_point=row.access_point, kind=ReaderKind.PROGRAM, by=BY, replaces=row
    )
    fresh = Pretend(in_acme, handle=row.handle)
    services.pair(company=in_acme.uid, proof=fresh.proof(ticket.shown), now=timezone.now())
    assert Reader.objects.get().state == ReaderState.ACTIVE
    assert contact(client, fresh).json()["wipe"] is False


def test_a_suspended_reader_says_nothing_without_a_wipe(client: Client, dora: Pretend) -> None:
    services.suspend_reader(reader=Reader.objects.get(), by=BY)
    assert contact(client, dora).json()["code"] == "reader_suspended"
    assert dora.call(client, "POST", WIPED).json()["code"] == "wipe_not_asked"
    assert tell(client, dora, event(1, "forced")).json()["code"] == "reader_suspended"
