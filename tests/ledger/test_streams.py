"""Streams to real servers on loopback: everything arrives in order, at least once, and nothing personal."""

import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import LazySettings

from ledger.models import LedgerEntry, SealedBatch, Stream, StreamKind
from ledger.sealing import seal
from ledger.services import record
from ledger.streams import delivery, line
from ledger.streams.delivery import send_due
from ledger.streams.services import add_stream, remove_stream, set_state
from ledger.streams.syslog import MOST_BYTES
from tenants.context import CompanyRef
from tests.ledger.outside import Collector, Inbox, authority_of, collector, inbox
from tests.pages.scene import furnish, happen
from tests.vault.stand_in import certificate
from vault.services import create_subject

BY = "operator:1"
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def loopback(in_acme: CompanyRef, settings: LazySettings) -> None:
    """Loopback may be reached, and what stood on record before is sealed."""
    seal(in_acme)
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Inbox]:
    with inbox(tmp_path) as made:
        yield made


@pytest.fixture(params=["tls", "tcp"])
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Collector]:
    with collector(certificate(tmp_path) if request.param == "tls" else None) as made:
        yield made


def webhook(box: Inbox, **other: bool) -> Stream:
    made, _ = add_stream(kind=StreamKind.WEBHOOK, address=box.url, authority=box.authority, by=BY, **other)
    return made


def syslog(receiver: Collector) -> Stream:
    authority = authority_of(receiver.pem) if receiver.pem else ""
    return add_stream(kind=StreamKind.SYSLOG, address=receiver.address, authority=authority, by=BY)[0]


def some(company: CompanyRef, count: int) -> None:
    """So many deeds, sealed."""
    for number in range(count):
        record(actor="system", verb="door_opened", subject_kind="door", handle=number)
    seal(company)


def places_on_record(after: int) -> list[tuple[int, int]]:
    return [(row.position, n) for row in SealedBatch.objects.filter(position__gt=after).order_by("position")
            for n in range(row.count)]  # fmt: skip


def test_a_webhook_gets_every_entry_in_order_and_signed(in_acme: CompanyRef, box: Inbox) -> None:
    some(in_acme, 1)
    stream, secret = add_stream(
        kind=StreamKind.WEBHOOK, address=box.url, authority=box.authority, from_start=True, by=BY
    )
    some(in_acme, 7)
    send_due(in_acme, stream.pk, now=LATER)
    assert box.places == places_on_record(0)
    stream.refresh_from_db()
    assert stream.cursor == SealedBatch.objects.order_by("-position").first().position  # type: ignore[union-attr]
    headers, body = box.taken[0]
    moment, signed = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["sallyport-signature"]).groups()  # type: ignore[union-attr]
    assert hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest() == signed
    assert abs(int(moment) - datetime.now(UTC).timestamp()) < 60
    assert box.said[0]["company"] == in_acme.uid.hex()
    some(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    send_due(in_acme, stream.pk, now=LATER)
    assert box.places == places_on_record(0)


def test_many_entries_go_in_bounded_parts(
    in_acme: CompanyRef, box: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.streams.entries.entries_after.__defaults__", (3,))
    stream = webhook(box)
    before = stream.cursor
    some(in_acme, 10)
    send_due(in_acme, stream.pk, now=LATER)
    assert [len(one["entries"]) for one in box.said] == [3, 3, 3, 2]  # ten, and that the stream was added
    assert box.places == places_on_record(before)
    spans = [(one["first"], one["last"]) for one in box.said]
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(spans))


def test_nothing_personal_leaves(in_acme: CompanyRef, box: Inbox) -> None:
    scene = furnish()
    happen(scene.readers[0], scene.holders[0])
    person = create_subject()
    stream = webhook(box, from_start=True)
    record(actor="operator:1", verb="face_enrolled", subject=person, payload={"name": "Grace Hopper"})
    seal(in_acme)
    send_due(in_acme, stream.pk, now=LATER)
    raw = b"".join(body for _, body in box.taken)
    assert b"face_enrolled" in raw
    for hidden in (b"Grace", b"payload", str(person.pk).encode(), scene.holders[0].name.encode(), b"facts"):
        assert hidden not in raw
    assert "tulip" not in json.dumps(list(LedgerEntry.objects.values_list("data", flat=True)))
    assert b"tulip" not in bytes(stream.sealed)


def test_syslog_messages_have_their_form(in_acme: CompanyRef, receiver: Collector) -> None:
    stream = syslog(receiver)
    record(actor="system", verb="door_opened", data={"why": "Übung ü" * 2000})
    record(actor="system", verb="door_opened", data={"why": "dür"})
    seal(in_acme)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (stream.failures, stream.last_error) == (0, "")
    form = re.compile(
        rb"<109>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z acme\.localhost sallyport - deed"
        rb' \[sallyport@32473 position="\d+" index="\d+"\] (\{[\x20-\x7e]*\})'
    )
    told = [json.loads(form.fullmatch(one)[1]) for one in receiver.messages]  # type: ignore[index]
    assert [one["verb"] for one in told] == ["stream_added", "door_opened", "door_opened"]
    assert told[1]["data"] == {"cut": True}
    assert told[2]["data"] == {"why": "dür"}
    assert max(map(len, receiver.messages)) <= MOST_BYTES


@pytest.mark.parametrize("manner", ["resets", "stays"])
def test_what_a_receiver_may_not_have_read_is_sent_again(
    in_acme: CompanyRef, receiver: Collector, monkeypatch: pytest.MonkeyPatch, manner: str
) -> None:
    monkeypatch.setattr(line, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(line.Line.__init__, "__kwdefaults__", {"patience": 0.3, "deadline": 5.0})
    stream = syslog(receiver)
    before = stream.cursor
    some(in_acme, 200)
    receiver.manner = manner
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (stream.cursor, stream.failures) == (before, 1)
    assert stream.last_error in {"not_closed", "broken_off"}
    receiver.manner = "closes"
    receiver.messages.clear()
    send_due(in_acme, stream.pk, now=LATER)
    found = [re.search(rb'position="(\d+)"', one)[1] for one in receiver.messages]  # type: ignore[index]
    assert [int(one) for one in found] == [place for place, _ in places_on_record(before)]


def test_a_receiver_that_closes_without_a_word_has_read_it_too(
    in_acme: CompanyRef, receiver: Collector
) -> None:
    receiver.manner = "closes without its alert"
    stream = syslog(receiver)
    some(in_acme, 3)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (stream.failures, len(receiver.messages)) == (0, 4)


def test_down_for_long_then_everything_comes_once(in_acme: CompanyRef, box: Inbox) -> None:
    stream = webhook(box)
    before = stream.cursor
    box.status = 500
    waits = []
    for _ in range(12):
        some(in_acme, 1)
        send_due(in_acme, stream.pk, now=LATER)
        stream.refresh_from_db()
        waits.append((stream.next_at - datetime.now(UTC)).total_seconds())
    assert (stream.cursor, stream.failures, stream.last_error) == (before, 12, "answered_500")
    assert [round(wait) for wait in waits] == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
    assert LedgerEntry.objects.filter(verb="stream_failing").count() == 1
    assert stream.pk not in delivery.due_streams()
    assert stream.pk in delivery.due_streams(LATER)
    box.status, box.taken = 204, []
    send_due(in_acme, stream.pk, now=LATER)
    seal(in_acme)
    send_due(in_acme, stream.pk, now=LATER)
    assert box.places == places_on_record(before)
    stream.refresh_from_db()
    assert (stream.failures, stream.failing_since, stream.last_error) == (0, None, "")
    assert LedgerEntry.objects.filter(verb="stream_delivers_again").count() == 1


def test_before_its_time_nothing_is_sent(in_acme: CompanyRef, box: Inbox) -> None:
    stream = webhook(box)
    some(in_acme, 1)
    Stream.objects.filter(pk=stream.pk).update(next_at=LATER)
    send_due(in_acme, stream.pk)
    assert box.taken == []
    set_state(pk=stream.pk, state=Stream.State.PAUSED, by=BY)
    send_due(in_acme, stream.pk, now=LATER + timedelta(days=1))
    assert box.taken == []
    set_state(pk=stream.pk, state=Stream.State.ACTIVE, by=BY)
    send_due(in_acme, stream.pk)
    assert len(box.taken) == 1
    remove_stream(pk=stream.pk, by=BY)
    send_due(in_acme, stream.pk, now=LATER)
    assert len(box.taken) == 1
    assert not Stream.objects.exists()


def test_a_redirect_is_not_followed(in_acme: CompanyRef, box: Inbox) -> None:
    box.status, box.location = 307, box.url
    stream = webhook(box)
    some(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (len(box.taken), stream.last_error) == (1, "answered_307")


def test_a_certificate_that_is_not_trusted(in_acme: CompanyRef, box: Inbox) -> None:
    stream, _ = add_stream(kind=StreamKind.WEBHOOK, address=box.url, by=BY)
    some(in_acme, 1)
    send_due(in_acme, stream.pk, now=LATER)
    stream.refresh_from_db()
    assert (box.taken, stream.last_error) == ([], "certificate_refused")
