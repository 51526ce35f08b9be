"""Files of many guests: laid in, looked at, begun, and worked off line by line by the outbox.

A line is sealed under the company's key while it waits. It turns DONE in the transaction that makes its
visit, so that a killed worker loses none and makes none twice.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from access.models import Site
from credentials.models import Holder, HolderKind, HolderState
from credentials.services.holders import email_index
from ledger import services as ledger
from vault.services import open_company, seal_company
from visitors.files.lines import Line
from visitors.models import GroupKind, GroupRow, VisitGroup, VisitType
from visitors.models.visits import RowState
from visitors.refusals import Refused
from visitors.services.inviting import invite
from visitors.services.planning import FURTHEST, Guest, Plan

WORK: Final = "visits.file_work"
FORGET: Final = "visits.file_forget"
CHUNK: Final = 5  # lines in one transaction: others wait for handles as long as it runs
KEEP_DRAFT: Final = dt.timedelta(days=1)
KEEP_FAILED: Final = dt.timedelta(days=7)
BATCH: Final = 500


@transaction.atomic
def lay_in(*, lines: Sequence[Line], plan: Plan, language: str, name: str, by: str) -> VisitGroup:
    """Keep the lines for somebody to look at; nobody is invited. Goes by itself after a day.

    Without a name the group is called after the day at the site.
    """
    group = VisitGroup.objects.create(
        kind=GroupKind.FILE,
        name=name.strip()[:120] or _called(plan.site),
        host=plan.host,
        created_at=timezone.now(),
        created_by=by,
    )
    checked = _checked(lines, plan)
    rows = [_row(group, line, plan, language) for line in checked]
    GroupRow.objects.bulk_create(rows, batch_size=BATCH)
    ledger.emit(FORGET, {"group": str(group.pk)}, later=KEEP_DRAFT)
    return group


def _called(site: Site) -> str:
    """Never what the file is called: that may be a person's name, and stands in the clear."""
    return f"File of {date_format(dt.datetime.now(ZoneInfo(site.time_zone)), 'j F Y')}"


def is_draft(group: VisitGroup) -> bool:
    """Whether a file was laid in and nobody has begun it."""
    return group.kind == GroupKind.FILE and group.rows == 0 and group.cancelled_at is None


@transaction.atomic
def begin(*, group: VisitGroup, by: str) -> VisitGroup:
    """Invite whom the file names. A second time does nothing. Raises Refused("nobody_invited")."""
    row = VisitGroup.objects.select_for_update().get(pk=group.pk)
    if not is_draft(row):
        return row
    waiting = row.lines.filter(state=RowState.WAITING).count()
    if not waiting:
        raise Refused("nobody_invited", "No line of this file can be invited.", status=422)
    row.failed = row.lines.filter(state=RowState.FAILED).count()
    row.rows = waiting + row.failed
    row.save(update_fields=["rows", "failed"])
    ledger.record(actor=by, verb="visit_file_begun", data={"group": str(row.pk), "lines": row.rows})
    ledger.emit(WORK, {"group": str(row.pk)})
    return row


@transaction.atomic
def drop(*, group: VisitGroup) -> None:
    """Throw a file away that nobody has begun; any other stays."""
    row = VisitGroup.objects.select_for_update().filter(pk=group.pk).first()
    if row is not None and is_draft(row):
        row.lines.all().delete()
        row.delete()


@transaction.atomic
def work(group: UUID) -> int:
    """Invite the next lines; where more wait the outbox asks again. Returns how many were worked off."""
    row = VisitGroup.objects.select_for_update(of=("self",)).select_related("host").filter(pk=group).first()
    if row is None or row.finished_at is not None or is_draft(row):
        return 0
    waiting = list(row.lines.filter(state=RowState.WAITING).order_by("number")[: CHUNK + 1])
    known = _Known()
    for line in waiting[:CHUNK]:
        _work_one(row, line, known)
    if len(waiting) > CHUNK:
        ledger.emit(WORK, {"group": str(row.pk)})
    else:
        row.finished_at = timezone.now()
        told = {"group": str(row.pk), "done": row.done, "failed": row.failed}
        ledger.record(actor="system", verb="visit_file_done", data=told)
        ledger.emit(FORGET, {"group": str(row.pk)}, later=KEEP_FAILED)
    row.save(update_fields=["done", "failed", "finished_at"])
    return min(len(waiting), CHUNK)


class _Known:
    """Types and sites of one chunk, read once each."""

    def __init__(self) -> None:
        self._types: dict[str, VisitType] = {}
        self._sites: dict[int, Site] = {}

    def type(self, pk: str) -> VisitType:
        """Raises VisitType.DoesNotExist."""
        if pk not in self._types:
            self._types[pk] = VisitType.objects.get(pk=pk)
        return self._types[pk]

    def site(self, pk: int) -> Site:
        """Raises Site.DoesNotExist."""
        if pk not in self._sites:
            self._sites[pk] = Site.objects.get(pk=pk)
        return self._sites[pk]


def _work_one(group: VisitGroup, line: GroupRow, known: _Known) -> None:
    try:
        with transaction.atomic():
            guest, plan = _read(group, line, known)
            invite(guests=[guest], plan=plan, by=group.created_by)
            line.state, line.told, line.code = RowState.DONE, b"", ""
            line.save(update_fields=["state", "told", "code"])
    except Refused as refused:
        code = refused.code
    except (VisitType.DoesNotExist, Site.DoesNotExist):
        code = "type_gone"
    except ValidationError:
        code = "not_accepted"
    except OverflowError:  # a moment that the calendar does not reach
        code = "window_too_far"
    else:
        group.done += 1
        return
    line.state, line.code = RowState.FAILED, code[:40]
    line.save(update_fields=["state", "code"])
    group.failed += 1


@transaction.atomic
def forget(group: UUID) -> None:
    """A file nobody has begun goes; of one that is done, what its failed lines said goes after a week.

    Asked before that (as when the day of a draft is over) it asks to be asked again.
    """
    row = VisitGroup.objects.select_for_update().filter(pk=group).first()
    if row is None:
        return
    if is_draft(row):
        drop(group=row)
    elif row.finished_at is not None:
        rest = row.finished_at + KEEP_FAILED - timezone.now()
        if rest > dt.timedelta():
            ledger.emit(FORGET, {"group": str(row.pk)}, later=rest)
        else:
            row.lines.exclude(told=b"").update(told=b"")


def told_of(line: GroupRow) -> dict[str, Any]:
    """What a line says, while it does."""
    if not line.told:
        return {}
    sealed = open_company(bytes(line.told), context=_place(line.group_id, line.number))
    told: dict[str, Any] = json.loads(sealed)
    return told


def _checked(lines: Sequence[Line], plan: Plan) -> list[Line]:
    """The lines with what the company knows: staff, and the same guest twice for one time."""
    indexes = {line.number: email_index(line.email) for line in lines if line.email and not line.code}
    staff: set[bytes] = set()
    wanted = sorted({index for index in indexes.values() if index is not None})
    present = Holder.objects.exclude(state=HolderState.OFFBOARDED).exclude(kind=HolderKind.VISITOR)
    for start in range(0, len(wanted), BATCH):
        found = present.filter(email_index__in=wanted[start : start + BATCH])
        staff |= {bytes(index) for index in found.values_list("email_index", flat=True) if index}
    seen: set[tuple[bytes, dt.datetime | None]] = set()
    checked = []
    now = timezone.now()
    for line in lines:
        index, code = indexes.get(line.number), line.code
        if index is not None:
            at = (index, line.begins)
            code = "is_staff" if index in staff else "twice" if at in seen else ""
            seen.add(at)
        if not code and (line.ends or plan.ends) <= now:
            code = "window_over"
        if not code and (line.begins or plan.begins) > now + FURTHEST:
            code = "window_too_far"
        checked.append(replace(line, code=code))
    return checked


def _row(group: VisitGroup, line: Line, plan: Plan, language: str) -> GroupRow:
    told = {
        "name": line.name,
        "email": line.email,
        "firm": line.firm,
        "language": line.language or language,
        "begins": (line.begins or plan.begins).timestamp(),
        "ends": (line.ends or plan.ends).timestamp(),
        "type": str(plan.type.pk),
        "site": plan.site.pk,
        "subject": line.subject or plan.subject,
    }
    sealed = seal_company(json.dumps(told).encode(), context=_place(group.pk, line.number))
    state = RowState.FAILED if line.code else RowState.WAITING
    return GroupRow(group=group, number=line.number, told=sealed, state=state, code=line.code)


def _read(group: VisitGroup, line: GroupRow, known: _Known) -> tuple[Guest, Plan]:
    told = told_of(line)
    guest = Guest(told["name"], told["email"], told["firm"], told["language"])
    plan = Plan(
        type=known.type(told["type"]),
        site=known.site(told["site"]),
        begins=dt.datetime.fromtimestamp(told["begins"], dt.UTC),
        ends=dt.datetime.fromtimestamp(told["ends"], dt.UTC),
        host=group.host,
        subject=told["subject"],
        group=group,
    )
    return guest, plan


def _place(group: UUID, number: int) -> str:
    return f"visit row {group}/{number}"
