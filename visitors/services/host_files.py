"""A host hands a calendar file in from the wallet: looked at first, then begun as the console's files are."""

import datetime as dt
import uuid
from typing import Final

from django.db import transaction
from django.utils import timezone

from credentials.models import Holder
from operators.services.throttling import Limit, take
from visitors.files import calendars
from visitors.files.lines import text_of
from visitors.models import GroupKind, VisitGroup
from visitors.models.visits import RowState
from visitors.refusals import Refused
from visitors.services import group_files
from visitors.services.host_inviting import count, kind_of, locked_host, site_of
from visitors.services.hosting import check_host
from visitors.services.planning import Plan

MOST_BYTES: Final = 256 * 1024
MOST_GUESTS: Final = 100
LOOKED_AT: Final = Limit("host_files", 30, dt.timedelta(days=1))


def lay_in(*, host: Holder, data: bytes, kind: uuid.UUID, site: int, language: str) -> VisitGroup:
    """Keep who is invited by a calendar; nobody has a mail yet. Staff are told apart, the host among them.

    `language` is for whom the file names none. It must not run inside a transaction: a refused file counts
    as one that was looked at. Raises Refused: not_a_host, host_left, no_such_type, no_such_site, file_empty,
    not_a_text, too_many_guests, too_many_files, and what reading a calendar raises.
    """
    check_host(host)
    if not take(LOOKED_AT, str(host.handle)):
        raise Refused("too_many_files", "You have handed in many files today.", status=429, retry=True)
    chosen, place = kind_of(kind), site_of(site)
    now, length = timezone.now(), dt.timedelta(minutes=chosen.length_minutes)
    lines = calendars.read(text_of(data), calendars.Where(place.time_zone, length, now))
    if len(lines) > MOST_GUESTS:
        text = f"{len(lines)} guests stand in it. {MOST_GUESTS} are possible; reception can take more."
        raise Refused("too_many_guests", text, status=422)
    with transaction.atomic():
        host = locked_host(host)
        # The events have times of their own; those of the plan are never used.
        plan = Plan(type=chosen, site=place, begins=now, ends=now + length, host=host)
        by = f"holder:{host.handle}"
        return group_files.lay_in(lines=lines, plan=plan, language=language, name="", by=by)


@transaction.atomic
def begin(*, host: Holder, group: uuid.UUID) -> VisitGroup:
    """Invite whom the host's own file names; the outbox works it off. A second time does nothing.

    Raises Refused: not_a_host, host_left, no_such_file, nobody_invited, too_many_invitations.
    """
    host = locked_host(host)
    by = f"holder:{host.handle}"
    row = VisitGroup.objects.filter(pk=group, kind=GroupKind.FILE, host=host, created_by=by).first()
    if row is None:
        raise Refused("no_such_file", "There is no such file.", status=404)
    if not group_files.is_draft(row):
        return row
    count(host, row.lines.filter(state=RowState.WAITING).count())
    return group_files.begin(group=row, by=by)
