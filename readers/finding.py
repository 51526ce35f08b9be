"""Readers and kiosks as places: whether each has taken up a number of the policy, by its own signed word."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from readers.models import Reader, ReaderAck, ReaderState
from vault.holdings import Confirmation, place

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
FEW: Final = 2


@place("readers")
def readers(mark: tuple[int, int]) -> list[Confirmation]:
    """Every reader that is not retired: a suspended one may come back, with what it holds."""
    rows = Reader.objects.exclude(state=ReaderState.RETIRED).order_by("handle")
    return [_of(row, mark) for row in rows]


def _of(row: Reader, mark: tuple[int, int]) -> Confirmation:
    where = f"reader:{row.handle}"
    if (row.applied_epoch, row.applied_seq) >= mark:
        return Confirmation(where, row.name, _since(row, mark))
    if row.last_heard is None and not row.bundle_number:
        # Paired and never heard: it was given nothing that could name anybody.
        return Confirmation(where, row.name, timezone.now(), nothing_given=True)
    suspended = "suspended, " if row.state == ReaderState.SUSPENDED else ""
    return Confirmation(where, row.name, None, why=f"{suspended}{_heard(row.last_heard)}")


def _since(row: Reader, mark: tuple[int, int]) -> datetime:
    """When it first said so; old acknowledgements are not kept, then when it was last heard."""
    epoch, seq = mark
    acks = ReaderAck.objects.filter(reader_id=row.handle, epoch__gte=epoch).order_by("epoch", "seq")
    found = next((ack for ack in acks.filter(epoch=epoch, seq__gte=seq)[:1]), None)
    found = found or next((ack for ack in acks.filter(epoch__gt=epoch)[:1]), None)
    return found.received_at if found else row.last_heard or timezone.now()


def _heard(at: datetime | None) -> str:
    if at is None:
        return "never heard"
    ago = max(timezone.now() - at, timedelta())
    for size, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if ago >= size * FEW:
            return f"last heard {ago // size} {name} ago"
    return "heard just now, not yet up to date"
