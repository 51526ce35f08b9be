"""What readers tell besides scans: that they live, and what the door did."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from access.services import not_opened
from readers.models import DoorReport, Reader
from readers.refusals import ReaderRefused, Refusal


def touch_readers(*, handles: Sequence[int], now: datetime) -> None:
    """Note that these readers are alive; at most one write per reader in half a minute."""
    if not handles:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE readers_reader SET last_heard = %s WHERE handle = ANY(%s)"
            " AND (last_heard IS NULL OR last_heard < %s - interval '30 seconds')",
            [now, list(handles), now],
        )


@transaction.atomic
def record_outcome(*, reader: Reader, counter: int, opened: bool, now: datetime) -> DoorReport:
    """Keep whether the door opened after this event. The first word stands; a repeat must agree with it.

    Whom a grant led into an area whose door stayed shut is not inside.
    """
    if not opened:
        # In turn with a hand-in, which may be about to write the event: whoever comes second knows of both.
        Reader.objects.select_for_update(no_key=True).get(handle=reader.handle)
    report, fresh = DoorReport.objects.get_or_create(
        reader_id=reader.handle, counter=counter, defaults={"opened": opened, "at": now}
    )
    if not fresh and report.opened != opened:
        raise ReaderRefused(Refusal.OUTCOME_DIFFERS)
    if fresh and not opened:
        not_opened(reader=reader.handle, counters=[counter])
    return report
