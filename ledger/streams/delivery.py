"""Sending what lies behind a stream's cursor, and moving the cursor when it was taken."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from ledger.models import Checkpoint, Stream, StreamKind
from ledger.services import record
from ledger.streams import https, syslog, witnesses
from ledger.streams.entries import entries_after
from ledger.streams.failure import StreamFailed
from ledger.streams.target import Target, target_of
from tenants import context
from tenants.models import Company

log = logging.getLogger(__name__)

SENDING_LOCK: Final = 15
ROUND_SECONDS: Final = 20.0
LONGEST_WAIT: Final = timedelta(minutes=15)
# After so many failures, a minute or so, it is put on record and shown as an alarm.
ALARMING: Final = 5
SPELL = json.JSONEncoder(separators=(",", ":")).encode


def send_due(company: Company | context.CompanyRef, pk: UUID, *, now: datetime | None = None) -> None:
    """Send until nothing is left, it fails, or the round is over: the next one goes on.

    One worker at a time per stream: a lock of the session, which ends with a worker that dies. What that one
    had sent without moving the cursor is sent again.
    """
    begun = time.monotonic()
    with context.enter(company), _alone(pk) as alone:
        while alone and time.monotonic() - begun < ROUND_SECONDS:
            stream = Stream.objects.filter(pk=pk, state=Stream.State.ACTIVE).first()
            if stream is None or stream.next_at > (now or datetime.now(UTC)):
                return
            try:
                reached = send_next(stream)
            except StreamFailed as failed:
                _failed(stream, failed.code)
                return
            if reached == stream.cursor:
                return
            _taken(stream, reached)


@contextmanager
def _alone(pk: UUID) -> Iterator[bool]:
    place = [SENDING_LOCK, int.from_bytes(pk.bytes[:4], signed=True)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", place)
        (held,) = cursor.fetchone()
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", place)


def due_streams(now: datetime | None = None) -> list[UUID]:
    """Streams of the current company that are behind and may be tried now."""
    head = heads()
    due = Stream.objects.filter(state=Stream.State.ACTIVE, next_at__lte=now or datetime.now(UTC))
    return [stream.pk for stream in due if stream.cursor < head[stream.witness]]


def heads() -> dict[bool, int]:
    """Where a cursor stands when everything was taken: of a witness (True), of the others (False)."""
    newest = Checkpoint.objects.order_by("-number").first()
    return {True: newest.number if newest else 0, False: newest.last_position if newest else 0}


def failing() -> int:
    """How many streams have failed for a minute or longer."""
    return Stream.objects.filter(state=Stream.State.ACTIVE, failures__gte=ALARMING).count()


def send_next(stream: Stream) -> int:
    """Send what comes next; the cursor that this leads to, the same where there is nothing.

    Raises StreamFailed: then perhaps something of it has arrived, and all of it is to be sent again.
    """
    target = target_of(stream)
    if stream.witness:
        return _witness(stream, target)
    entries, reached = entries_after(stream.cursor)
    if stream.kind == StreamKind.SYSLOG:
        if entries:
            messages = [syslog.message(entry) for entry in entries]
            _syslog(target, messages)
    elif entries:
        body = {"entries": entries, "first": stream.cursor + 1, "last": reached}
        _post(stream, target, body, f"{stream.cursor + 1}-{reached}")
    return reached


def _witness(stream: Stream, target: Target) -> int:
    rows = witnesses.checkpoints_after(stream.cursor)
    if not rows:
        return stream.cursor
    if stream.kind == StreamKind.WITNESS_FILE:
        witnesses.append(rows)
    else:
        body = {"format": witnesses.FORMAT, "checkpoints": [witnesses.told(row) for row in rows]}
        _post(stream, target, body, f"checkpoint-{rows[0].number}-{rows[-1].number}")
    return rows[-1].number


def send_test(stream: Stream) -> None:
    """Send something that says nothing. Raises StreamFailed."""
    target = target_of(stream)
    if stream.kind == StreamKind.WITNESS_FILE:
        witnesses.append([])
    elif stream.kind == StreamKind.SYSLOG:
        _syslog(target, [syslog.test_message()])
    elif stream.kind == StreamKind.WITNESS_HTTPS:
        _post(stream, target, {"format": witnesses.FORMAT, "checkpoints": [], "test": True}, "test")
    else:
        _post(stream, target, {"entries": [], "test": True}, "test")


def _syslog(target: Target, messages: list[bytes]) -> None:
    url = target.url
    syslog.send(url.scheme, url.hostname or "", target.port, authority=target.authority, messages=messages)


def _post(stream: Stream, target: Target, body: dict[str, Any], what: str) -> None:
    company = context.current().uid.hex()
    https.post(
        target.url,
        SPELL({"company": company, "stream": str(stream.pk), **body}).encode(),
        secret=target.secret.encode(),
        authority=target.authority,
        delivery=f"{stream.pk}-{what}",
    )


@transaction.atomic
def _taken(stream: Stream, reached: int) -> None:
    """Move the cursor, from where it stood: somebody may have removed or renewed the stream meanwhile."""
    moved = Stream.objects.filter(pk=stream.pk, cursor=stream.cursor).update(
        cursor=reached, failures=0, failing_since=None, last_error="", last_ok_at=datetime.now(UTC)
    )
    if moved and stream.failures >= ALARMING:
        _put_on_record("stream_delivers_again", stream, {})


@transaction.atomic
def _failed(stream: Stream, code: str) -> None:
    now = datetime.now(UTC)
    wait = min(timedelta(seconds=2 ** min(stream.failures + 1, 20)), LONGEST_WAIT)
    log.warning("stream %s: %s, failure %d", stream.pk, code, stream.failures + 1)
    found = Stream.objects.filter(pk=stream.pk).update(
        failures=F("failures") + 1,
        failing_since=stream.failing_since or now,
        last_error=code,
        next_at=now + wait,
    )
    if found and stream.failures + 1 == ALARMING:
        _put_on_record("stream_failing", stream, {"error": code})


def _put_on_record(verb: str, stream: Stream, data: dict[str, str]) -> None:
    record(actor="system", verb=verb, subject_kind="stream", data={"stream": str(stream.pk), **data})
