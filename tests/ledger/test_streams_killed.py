"""A worker killed with -9 while the other side has what was sent: it is sent again, nothing is left out."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction

from deploy.local.processes import wait_until
from ledger.models import SealedBatch, Stream, StreamKind
from ledger.sealing import seal
from ledger.services import record
from ledger.streams.delivery import send_due
from ledger.streams.services import add_stream
from ledger.tasks import find_streams
from tenants import context
from tests.ledger.outside import Inbox, inbox

pytestmark = pytest.mark.faults


@pytest.fixture
def box(tmp_path: Path, settings: LazySettings) -> Iterator[Inbox]:
    settings.STREAM_NETWORKS = (ip_network("127.0.0.0/8"),)
    with inbox(tmp_path) as made:
        yield made


@pytest.fixture
def stream(own_company: context.CompanyRef, box: Inbox) -> Stream:
    """A webhook to the box that is behind by 1,200 deeds: three parts."""
    with context.enter(own_company):
        made, _ = add_stream(
            kind=StreamKind.WEBHOOK,
            address=box.url,
            authority=box.authority,
            from_start=True,
            by="operator:1",
        )
        with transaction.atomic():
            for number in range(1200):
                record(actor="system", verb="door_opened", handle=number)
        seal(own_company)
    return made


def test_killed_before_the_answer(own_company: context.CompanyRef, box: Inbox, stream: Stream) -> None:
    box.go.clear()
    command = [sys.executable, "-m", "tests.ledger.streamer", own_company.schema, str(stream.pk)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "SALLYPORT_STREAM_NETWORKS": "127.0.0.0/8",
    }
    with subprocess.Popen(command, env=environment) as process:
        assert wait_until(lambda: bool(box.taken), seconds=60, alive=lambda: process.poll() is None)
        # Another worker leaves it to the one that sends.
        send_due(own_company, stream.pk)
        assert len(box.taken) == 1
        process.send_signal(signal.SIGKILL)
    box.go.set()
    with context.enter(own_company):
        stream.refresh_from_db()
        assert stream.cursor == 0
        send_due(own_company, stream.pk)
        stream.refresh_from_db()
        wanted = [
            (row.position, n) for row in SealedBatch.objects.order_by("position") for n in range(row.count)
        ]
        assert stream.cursor == wanted[-1][0]
    first = len(box.said[0]["entries"])
    # A repetition is recognised by the key and by what is in it: the same places, in the same order.
    assert box.taken[1][0]["idempotency-key"] == box.taken[0][0]["idempotency-key"]
    assert box.places[first : 2 * first] == box.places[:first]
    assert box.places[first:] == wanted


def test_beat_hands_out_what_is_behind(
    own_company: context.CompanyRef, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[object]] = []
    monkeypatch.setattr(
        "ledger.tasks.current_app.send_task",
        lambda name, args, **_: sent.append([name, *args]),
        raising=False,
    )
    find_streams()
    assert sent == [["ledger.send_stream", own_company.id, str(stream.pk)]]
    with context.enter(own_company):
        Stream.objects.update(cursor=SealedBatch.objects.count())
    find_streams()
    assert len(sent) == 1
