"""Adding, testing, pausing and removing streams: deeds on record, which name the host and no secret."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from ledger.models import Stream, StreamKind
from ledger.services import record
from ledger.streams import target as targets
from ledger.streams.delivery import heads
from ledger.streams.target import StreamRefused, Target
from tenants import context

MOST_STREAMS: Final = 8
ADDING_LOCK: Final = 16


def add_stream(
    *, kind: StreamKind, address: str, authority: str = "", from_start: bool = False, by: str
) -> tuple[Stream, str]:
    """A stream that begins with what is sealed next, or with all that ever was; and its secret.

    A witness begins with the newest checkpoint at least: it links every one before. The secret is told here
    and never again. Raises StreamRefused.
    """
    target = targets.made(kind, address, authority)  # asks for a name: not inside the transaction
    return _add(kind, target, from_start=from_start, by=by), target.secret


@transaction.atomic
def _add(kind: StreamKind, target: Target, *, from_start: bool, by: str) -> Stream:
    with connection.cursor() as cursor:
        # Two who add at once count one another.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ADDING_LOCK, context.current().id])
    if Stream.objects.count() >= MOST_STREAMS:
        raise StreamRefused("too_many")
    if kind == StreamKind.WITNESS_FILE and Stream.objects.filter(kind=kind).exists():
        raise StreamRefused("file_taken")
    stream = Stream(kind=kind, host=target.host, actor=by)
    stream.sealed = targets.seal(stream.pk, target)
    head = heads()[stream.witness]
    stream.cursor = 0 if from_start else max(0, head - 1) if stream.witness else head
    stream.save(force_insert=True)
    _record("stream_added", stream, by)
    return stream


@transaction.atomic
def set_state(*, pk: UUID, state: Stream.State, by: str) -> Stream:
    """Pause a stream, or go on where its cursor stands, at once. Raises StreamRefused (`stream_gone`)."""
    stream = _held(pk)
    if stream.state != state:
        stream.state = state
        stream.next_at = datetime.now(UTC)
        stream.save(update_fields=["state", "next_at"])
        _record("stream_paused" if state == Stream.State.PAUSED else "stream_resumed", stream, by)
    return stream


@transaction.atomic
def retry_now(*, pk: UUID) -> Stream:
    """Let the next round try, however long it was to wait. Raises StreamRefused (`stream_gone`)."""
    stream = _held(pk)
    Stream.objects.filter(pk=pk).update(next_at=datetime.now(UTC))
    return stream


@transaction.atomic
def remove_stream(*, pk: UUID, by: str) -> None:
    """Forget the stream, its secret with it. Raises StreamRefused (`stream_gone`)."""
    stream = _held(pk)
    _record("stream_removed", stream, by)
    stream.delete()


def _held(pk: UUID) -> Stream:
    stream = Stream.objects.select_for_update().filter(pk=pk).first()
    if stream is None:
        raise StreamRefused("stream_gone")
    return stream


def _record(verb: str, stream: Stream, by: str) -> None:
    data = {"stream": str(stream.pk), "kind": stream.kind, "host": stream.host, "cursor": stream.cursor}
    record(actor=by, verb=verb, subject_kind="stream", data=data)
