"""What was invited is moved to another time, declined by the visitor, or cancelled with its whole group."""

import datetime as dt
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from credentials.models import Holder, HolderKind, HolderState
from ledger import services as ledger
from ledger.models import LedgerEntry
from tenants.context import current
from tenants.live import publish
from visitors.models import GroupRow, Visit, VisitGroup, VisitLink, VisitState
from visitors.models.types import LONGEST_MINUTES
from visitors.models.visits import LinkPurpose, RowState
from visitors.refusals import Refused, not_now
from visitors.services.group_files import FORGET, KEEP_FAILED
from visitors.services.links import make_link
from visitors.services.moving import cancel, locked
from visitors.services.planning import fit_credential

MAIL_CHANGED: Final = "visits.changed"
MAIL_CANCELLED: Final = "visits.cancelled"
CANCEL_GROUP: Final = "visits.cancel_group"
MOVED: Final = "visit_moved"
CHUNK: Final = 20  # visits in one transaction: others wait for handles as long as it runs
TO_COME = (VisitState.INVITED, VisitState.EXPECTED)


@transaction.atomic
def move_visit(
    *, visit: Visit, begins: dt.datetime, ends: dt.datetime, by: str, host: Holder | None = None
) -> Visit:
    """Let a visit that has not begun take place at another time, and with `host` at somebody else's.

    The visitor is told. The same time and host once more does nothing. Raises Refused: visit_not_open,
    window_empty, window_over, window_too_long, host_left, no_host.
    """
    row = locked(visit)
    if row.state not in TO_COME or row.waits:
        raise not_now("under way" if row.is_open else row.get_state_display().lower())
    _check(begins, ends, host)
    host = host or row.host
    if (row.begins, row.ends, row.host_id) == (begins, ends, host.pk if host else None):
        return row
    row.begins, row.ends, row.host = begins, ends, host
    row.opens = begins - dt.timedelta(minutes=row.type.grace_before)
    row.closes = ends + dt.timedelta(minutes=row.type.grace_after)
    row.save(update_fields=["begins", "ends", "host", "opens", "closes", "changed_at"])
    told = {"from": int(begins.timestamp()), "until": int(ends.timestamp())}
    told |= {"host": host.handle} if host else {}
    ledger.record(actor=by, verb=MOVED, subject_kind="visit", handle=row.handle, data=told)
    fit_credential(holder=row.holder, by=by)
    company = current().id
    transaction.on_commit(lambda: publish(company, "visits", {}))
    if was_told(row):
        if VisitLink.objects.filter(visit=row, purpose=LinkPurpose.PREPARE, used_at=None).exists():
            make_link(visit=row, purpose=LinkPurpose.PREPARE)
        VisitLink.objects.filter(visit=row, purpose=LinkPurpose.PREPARE).update(expires_at=row.closes)
        ledger.emit(MAIL_CHANGED, {"visit": str(row.pk), "number": sequence_of(row)})
    return row


def _check(begins: dt.datetime, ends: dt.datetime, host: Holder | None) -> None:
    if ends <= begins:
        raise Refused("window_empty", "The end must be after the beginning.", status=422)
    if ends <= timezone.now():
        raise Refused("window_over", "This time is over.", status=422)
    if ends - begins > dt.timedelta(minutes=LONGEST_MINUTES):
        raise Refused("window_too_long", "A visit lasts 31 days at most.", status=422)
    if host is not None and host.state != HolderState.ACTIVE:
        raise Refused("host_left", "This person is not here any more.", status=422)
    if host is not None and host.kind == HolderKind.VISITOR:
        raise Refused("no_host", "A visitor cannot be a host.", status=422)


def was_told(visit: Visit) -> bool:
    """Whether the visitor was invited by mail: only then a change or an end is news to them."""
    return VisitLink.objects.filter(visit=visit, purpose=LinkPurpose.PREPARE).exists()


def sequence_of(visit: Visit) -> int:
    """SEQUENCE of a calendar file (RFC 5545, 3.8.7.4): how often the visit was moved; its end is one more."""
    moved = LedgerEntry.objects.filter(subject_kind="visit", handle=visit.handle, verb=MOVED).count()
    return moved + (0 if visit.is_open else 1)


@transaction.atomic
def decline(*, visit: Visit) -> Visit:
    """The visitor cannot come: the visit is cancelled by them, and its host is told. Twice does nothing.

    Raises Refused("visit_not_open") where it has begun or is over.
    """
    row = locked(visit)
    if row.state == VisitState.CANCELLED:
        return row
    if row.waits:
        raise not_now("under way")
    return cancel(visit=row, by=f"holder:{row.holder.handle}")


@transaction.atomic
def cancel_group(*, group: VisitGroup, by: str) -> int:
    """Cancel what a group, series or file has still to come; returns how many at once, more go by the outbox.

    Lines that wait are not worked off any more. A second time goes on where the first one stopped.
    """
    row = VisitGroup.objects.select_for_update().get(pk=group.pk)
    if row.cancelled_at is None:
        row.cancelled_at = timezone.now()
        row.finished_at = row.finished_at or row.cancelled_at
        waiting = GroupRow.objects.filter(group=row, state=RowState.WAITING)
        row.failed += waiting.update(state=RowState.FAILED, code="cancelled", told=b"")
        row.save(update_fields=["cancelled_at", "finished_at", "failed"])
        ledger.record(actor=by, verb="visit_group_cancelled", data={"group": str(row.pk)})
        if row.lines.exclude(told=b"").exists():
            # Lines that had failed before still say what they said, as long as those of a file that is done.
            ledger.emit(FORGET, {"group": str(row.pk)}, later=KEEP_FAILED)
    return cancel_some(row.pk, by)


@transaction.atomic
def cancel_some(group: UUID, by: str) -> int:
    """The next visits of a group that end; where more are left the outbox asks again."""
    VisitGroup.objects.select_for_update().filter(pk=group).first()
    open_ones = Visit.objects.filter(group=group, state__in=TO_COME, arrived_at=None).order_by("handle")
    found = list(open_ones[: CHUNK + 1])
    for visit in found[:CHUNK]:
        cancel(visit=visit, by=by)
    if len(found) > CHUNK:
        ledger.emit(CANCEL_GROUP, {"group": str(group), "by": by})
    return min(len(found), CHUNK)
