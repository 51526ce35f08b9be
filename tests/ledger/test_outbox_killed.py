"""Deliverers killed in mid-delivery: nothing is lost, nothing is done twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from ledger import outbox
from ledger.models import Outbox
from ledger.services import emit
from tenants import context
from tests.ledger.conftest import Raw

pytestmark = pytest.mark.faults
MESSAGES = 40


@pytest.fixture
def company(own_company: context.CompanyRef) -> Iterator[context.CompanyRef]:
    """A company with messages whose receipt is written to `handled`."""
    with context.enter(own_company):
        Outbox.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE handled (number int)")
        with transaction.atomic():
            for number in range(MESSAGES):
                emit("test", {"number": number})
        yield own_company


@contextmanager
def deliverer(company: context.CompanyRef, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.ledger.deliverer", company.schema, *arguments]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def handled() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM handled ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def wait_until(true: Callable[[], bool], watch: Raw) -> None:
    for _ in range(3000):
        if true():
            return
        watch.execute("SELECT pg_sleep(0.005)")
        watch.commit()
    raise AssertionError("it does not come")


def deliver_the_rest(company: context.CompanyRef) -> None:
    def receive(data: Mapping[str, Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO handled VALUES (%s)", [data["number"]])

    before = list(outbox._receivers.get("test", []))
    outbox._receivers["test"] = [receive]
    try:
        outbox.deliver(company, now=datetime.now(UTC) + timedelta(days=1))
    finally:
        outbox._receivers["test"] = before


def test_killed_while_handling_one(company: context.CompanyRef, raw: Callable[[], Raw]) -> None:
    """The receiver has written and its process dies before the commit."""
    gate, watch = raw(), raw()
    gate.execute("SELECT pg_advisory_lock(99)")
    gate.commit()

    def somebody_waits() -> bool:
        row = watch.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).fetchone()
        return row is not None and row[0] > 0

    with deliverer(company, "wait") as process:
        wait_until(somebody_waits, watch)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    gate.execute("SELECT pg_advisory_unlock(99)")
    gate.commit()
    wait_until(lambda: not somebody_waits(), watch)
    assert handled() == []
    assert Outbox.objects.filter(attempts=1, done=None).count() == 1
    deliver_the_rest(company)
    assert handled() == list(range(MESSAGES))
    assert not Outbox.objects.filter(done=None).exists()


def test_killed_again_and_again_beside_another(company: context.CompanyRef, raw: Callable[[], Raw]) -> None:
    watch = raw()
    with deliverer(company):
        for goal in (4, 12, 20):
            with deliverer(company):
                wait_until(lambda goal=goal: len(handled()) >= goal, watch)  # type: ignore[misc]
    wait_until(lambda: _quiet(watch), watch)
    deliver_the_rest(company)
    assert handled() == list(range(MESSAGES))
    assert not Outbox.objects.filter(done=None).exists()


def _quiet(watch: Raw) -> bool:
    """Whether the server has noticed that the killed ones are gone."""
    row = watch.execute(
        "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE c.relname = 'handled' AND l.pid <> pg_backend_pid()"
    ).fetchone()
    return row is not None and row[0] == 0
