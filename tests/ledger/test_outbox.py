"""Announcements: with what they announce, once, whatever dies; poison is put aside."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from ledger import outbox
from ledger.models import Outbox
from ledger.outbox import MOST_ATTEMPTS, backoff, deliver, prune
from ledger.services import emit
from tenants import context
from tests.ledger.conftest import Raw

Data = Mapping[str, Any]
LATER = timedelta(days=2)


@pytest.fixture(autouse=True)
def receivers() -> Iterator[dict[str, list[outbox.Receiver]]]:
    """The registry, put back after the test."""
    before = {topic: list(functions) for topic, functions in outbox._receivers.items()}
    yield outbox._receivers
    outbox._receivers.clear()
    outbox._receivers.update(before)


def now(ahead: timedelta = timedelta()) -> datetime:
    return datetime.now(UTC) + ahead + timedelta(seconds=1)


def announce(**data: object) -> Outbox:
    with transaction.atomic():
        emit("test", data)
    return Outbox.objects.filter(topic="test").latest("created")


def only_test_messages() -> None:
    Outbox.objects.exclude(topic="test").delete()


@pytest.fixture
def company(in_acme: context.CompanyRef) -> context.CompanyRef:
    only_test_messages()
    return in_acme


def test_a_message_is_delivered_once(company: context.CompanyRef) -> None:
    got: list[Data] = []
    outbox.receiver("test")(got.append)
    message = announce(number=1)
    assert deliver(company, now=now()).done == 1
    assert deliver(company, now=now(LATER)).done == 0
    message.refresh_from_db()
    assert got == [{"number": 1}]
    assert message.done is not None


def test_all_receivers_of_a_topic_get_it_in_the_company(company: context.CompanyRef) -> None:
    seen: list[tuple[str, int]] = []
    outbox.receiver("test")(lambda data: seen.append(("a", context.current().id)))
    outbox.receiver("test")(lambda data: seen.append(("b", context.current().id)))
    announce()
    deliver(company, now=now())
    assert seen == [("a", company.id), ("b", company.id)]


def test_a_rolled_back_announcement_never_was(company: context.CompanyRef) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        emit("test")
        raise ZeroDivisionError
    assert not Outbox.objects.filter(topic="test").exists()


def test_a_failing_receiver_takes_back_what_the_others_wrote(company: context.CompanyRef) -> None:
    def writes(data: Data) -> None:
        emit("written")

    def fails(data: Data) -> None:
        raise RuntimeError("Hedwig Holder is not at home")

    outbox.receiver("test")(writes)
    outbox.receiver("test")(fails)
    message = announce()
    result = deliver(company, now=now())
    assert (result.done, result.failed, result.parked) == (0, 1, 0)
    message.refresh_from_db()
    assert (message.attempts, message.error, message.done) == (1, "RuntimeError", None), (
        "no personal text kept"
    )
    assert not Outbox.objects.filter(topic="written").exists()


def test_it_is_tried_again_later_and_then_succeeds(company: context.CompanyRef) -> None:
    failing = [True, True, False]

    def fails(data: Data) -> None:
        if failing.pop(0):
            raise RuntimeError

    outbox.receiver("test")(fails)
    announce()
    assert deliver(company, now=now()).failed == 1
    assert deliver(company, now=now()).failed == 0, "not before it is due again"
    assert deliver(company, now=now(backoff(1))).failed == 1
    assert deliver(company, now=now(backoff(1) + backoff(2))).done == 1


def test_one_bad_message_does_not_hold_up_the_others(company: context.CompanyRef) -> None:
    got: list[object] = []

    def receive(data: Data) -> None:
        if data["number"] == 1:
            raise RuntimeError
        got.append(data["number"])

    outbox.receiver("test")(receive)
    for number in range(3):
        announce(number=number)
    result = deliver(company, now=now())
    assert (result.done, result.failed) == (2, 1)
    assert sorted(got, key=str) == [0, 2]


def test_poison_is_parked_where_people_see_it(company: context.CompanyRef) -> None:
    calls: list[Data] = []

    def fails(data: Data) -> None:
        calls.append(data)
        raise RuntimeError

    outbox.receiver("test")(fails)
    message = announce()
    for round_ in range(MOST_ATTEMPTS + 5):
        deliver(company, now=now(timedelta(hours=2 * round_)))
    assert len(calls) == MOST_ATTEMPTS
    message.refresh_from_db()
    assert message.parked is not None
    assert message.done is None
    out = StringIO()
    call_command("ledger", "outbox", "--company", "acme", stdout=out)
    assert "test: RuntimeError" in out.getvalue()
    outbox._receivers["test"].clear()
    outbox.receiver("test")(lambda data: None)
    call_command("ledger", "outbox", "--company", "acme", "--retry", stdout=out)
    message.refresh_from_db()
    assert message.done is not None


def test_what_kills_its_worker_is_parked_too(company: context.CompanyRef) -> None:
    """An attempt counts before it begins: what ends the process each time is not claimed for ever."""
    called: list[Data] = []
    outbox.receiver("test")(called.append)
    message = announce()
    for round_ in range(MOST_ATTEMPTS):
        assert outbox._claim(now(timedelta(hours=2 * round_))) is not None  # and here the process ended
    result = deliver(company, now=now(timedelta(days=3)))
    assert (result.done, result.parked) == (0, 1)
    message.refresh_from_db()
    assert message.parked is not None
    assert not called


def test_a_topic_that_nobody_knows_waits(company: context.CompanyRef) -> None:
    message = announce()
    assert deliver(company, now=now()).failed == 1
    message.refresh_from_db()
    assert message.error == "NobodyReceivesError"
    outbox.receiver("test")(lambda data: None)
    assert deliver(company, now=now(backoff(1))).done == 1


def test_waits_grow_to_an_hour() -> None:
    assert [backoff(attempt).total_seconds() for attempt in (1, 2, 3, 30)] == [2, 4, 8, 3600]


def test_delivered_messages_are_forgotten_after_a_week(company: context.CompanyRef) -> None:
    outbox.receiver("test")(lambda data: None)
    announce()
    deliver(company, now=now())
    assert prune(now=now(timedelta(days=6))) == 0
    assert prune(now=now(timedelta(days=8))) == 1


def test_the_policy_is_told_again_from_the_outbox(
    probed: context.CompanyRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, ...]] = []
    monkeypatch.setattr("ledger.hints.tell_policy", lambda *said: told.append(said))
    Outbox.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE probe SET state = 'by hand'")
    deliver(probed, now=now())
    from ledger.selectors import current_policy

    assert told == [(probed.id, *current_policy())]


def test_two_workers_never_wait_nor_take_the_same(
    own_company: context.CompanyRef, raw: Callable[[], Raw]
) -> None:
    other = raw()
    with context.enter(own_company):
        only_test_messages()
        got: list[object] = []
        outbox.receiver("test")(lambda data: got.append(data["number"]))
        announce(number=1)
        announce(number=2)
        other.execute(
            "SELECT id FROM ledger_outbox WHERE (data ->> 'number')::int = 1 FOR UPDATE"
        )  # as a worker holds the message it handles
        assert deliver(own_company, now=now()).done == 1
        assert got == [2]
        other.rollback()
        deliver(own_company, now=now())
        assert got == [2, 1]
