"""Groups, series and files: sent in, looked at, begun, watched, cancelled."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.models import Site
from compliance.csv_safe import csv_answer
from credentials.names import holder_names
from credentials.refusals import Refused
from ledger.services import record
from operators.permissions import Permission, actor_of, may, needs
from visitors.coming import TO_COME, lines, staff_named
from visitors.files import calendars, tables
from visitors.files.lines import MOST_BYTES, REASONS, Line, text_of
from visitors.invitation_forms import FileForm
from visitors.models import GroupRow, Visit, VisitGroup, VisitType
from visitors.models.visits import RowState
from visitors.services import group_files
from visitors.services.rearranging import cancel_group

PAGE: Final = 50
SHOWN: Final = 20  # lines of a file to look at before it is begun
COLUMNS: Final = ("line", "reason", "name", "email", "firm", "language")


@needs(Permission.VISITS)
@never_cache
@require_http_methods(["GET", "POST"])
def file_page(request: HttpRequest) -> HttpResponse:
    """Take a file in; it is looked at on the next page before anybody is invited."""
    searching = "find" in request.POST
    sent = request.method == "POST" and not searching
    form = FileForm(request.POST, request.FILES) if sent else FileForm(initial=request.POST.dict())
    group = _lay_in(form, actor_of(request)) if form.is_bound and form.is_valid() else None
    if group is not None:
        return redirect("visit-group", group.pk)
    term = request.POST.get("host_name", "")
    context = {
        "tab": "coming",
        "form": form,
        "found": staff_named(term),
        "term": term,
        "ready": VisitType.objects.filter(archived_at=None).exists() and Site.objects.exists(),
    }
    return render(request, "visitors/file.html", context, status=422 if form.errors else 200)


def _lay_in(form: FileForm, by: str) -> VisitGroup | None:
    said = form.cleaned_data
    try:
        plan = form.plan()
        found = _lines(form, said["site"].time_zone, said["type"].length_minutes)
        name = said["group_name"]
        return group_files.lay_in(lines=found, plan=plan, language=said["language"], name=name, by=by)
    except Refused as refused:
        form.add_error("file", refused.text)
        return None


def _lines(form: FileForm, zone: str, minutes: int) -> list[Line]:
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        raise Refused("file_too_large", "The file is larger than 4 MB.", status=422)
    text = text_of(file.read())
    if not form.is_calendar:
        return tables.read(text)
    where = calendars.Where(zone, dt.timedelta(minutes=minutes), timezone.now())
    return calendars.read(text, where)


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def group(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them: its lines while it is a draft, then its progress, what failed, and its visits."""
    found = _group(pk)
    edits = may(request, Permission.VISITS)
    if group_files.is_draft(found):
        return render(request, "visitors/group_check.html", _draft(found) | {"edits": edits})
    rows = Visit.objects.filter(group=found).select_related("holder", "host", "type", "site")
    page: Any = Paginator(rows.order_by("begins", "handle"), PAGE).get_page(request.GET.get("page"))
    open_count = rows.filter(state__in=TO_COME).count()
    page.object_list = lines(page.object_list)
    context = {
        "tab": "coming",
        "group": found,
        "page": page,
        "edits": edits,
        "open": open_count,
        "failed": _failed(found)[:PAGE],
        **_progress(found),
    }
    return render(request, "visitors/group.html", context)


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a file is."""
    found = _group(pk)
    return render(request, "visitors/_group_progress.html", {"group": found, **_progress(found)})


@needs(Permission.VISITS)
@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite whom the file names."""
    try:
        group_files.begin(group=_group(pk), by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    return redirect("visit-group", pk)


@needs(Permission.VISITS)
@require_POST
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw a file away that was only looked at."""
    group_files.drop(group=_group(pk))
    messages.success(request, "The file is gone. Nobody was invited.")
    return redirect("visit-file")


@needs(Permission.VISITS)
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Cancel all that is still to come."""
    cancel_group(group=_group(pk), by=actor_of(request))
    messages.success(request, "What was still to come is being cancelled. Whoever was invited is told.")
    return redirect("visit-group", pk)


@needs(Permission.VISITS)
@never_cache
@require_POST
def failures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was not invited, line by line, to be mended and sent in again."""
    found, rows = _group(pk), []
    for row in found.lines.filter(state=RowState.FAILED).order_by("number"):
        told = group_files.told_of(row)
        said = [str(told.get(name, "")) for name in COLUMNS[2:]]
        rows.append([str(row.number), reason(row.code), *said])
    with transaction.atomic():
        told = {"group": str(found.pk), "rows": len(rows)}
        record(actor=actor_of(request), verb="visit_failures_exported", data=told)
    return csv_answer("not-invited.csv", COLUMNS, rows)


def reason(code: str) -> str:
    """Why a line failed, in words."""
    return REASONS.get(code, REASONS["not_accepted"])


def _failed(found: VisitGroup) -> list[dict[str, Any]]:
    rows: Any = found.lines.filter(state=RowState.FAILED).order_by("number")[: PAGE + 1]
    return [{"number": row.number, "reason": reason(row.code), **group_files.told_of(row)} for row in rows]


def _progress(found: VisitGroup) -> dict[str, Any]:
    return {"worked": found.done + found.failed, "running": found.finished_at is None}


def _draft(found: VisitGroup) -> dict[str, Any]:
    waiting = found.lines.filter(state=RowState.WAITING)
    shown = [_shown(row) for row in waiting.order_by("number")[:SHOWN]]
    host = found.host
    return {
        "tab": "coming",
        "group": found,
        "good": waiting.count(),
        "bad": found.lines.filter(state=RowState.FAILED).count(),
        "shown": shown,
        "failed": _failed(found)[:PAGE],
        "host": holder_names.names([host.handle]).get(host.handle, "") if host else "",
    }


def _shown(row: GroupRow) -> dict[str, Any]:
    told = group_files.told_of(row)
    return told | {"number": row.number, "begins": int(told["begins"])}


def _group(pk: UUID) -> VisitGroup:
    found = VisitGroup.objects.select_related("host").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
