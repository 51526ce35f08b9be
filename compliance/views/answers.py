"""The work of an access or portability request on its page, looking through it, and the public download."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance import persons
from compliance.answers import texts
from compliance.answers.contents import free_cells
from compliance.answers.mails import moment_in
from compliance.case_forms import version_in
from compliance.models import Case, CaseDelivery, CaseSection
from compliance.refusals import Refused
from compliance.services import answers, deliveries
from compliance.views.panels import Panel, panel
from operators.permissions import Permission, actor_of, may, needs, public
from tenants.context import current
from vault.holdings import exporters
from vault.telling import LANGUAGES, speak

PAGE = 50
REASONS = {"others": "It is about somebody else", "secret": "It would tell a secret of our security",
           "claims": "It is needed for a legal claim"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """One room's section on the page."""

    title: str
    whose: str
    section: CaseSection


@dataclass(frozen=True, slots=True)
class Written:
    """A text that somebody wrote, and whether it stays here."""

    section: CaseSection
    cell: str
    room: str
    table: str
    when: str
    text: str
    withheld: str


@panel(*answers.KINDS)
def answer_panel(request: HttpRequest, case: Case) -> Panel:
    """How far it has come: collected, looked through, delivered."""
    return Panel("compliance/_case_access.html", _panel(request, case), pending=answers.why_open(case))


def _panel(request: HttpRequest, case: Case) -> dict[str, object]:
    rooms = _rooms(case)
    done = [room for room in rooms if room.section.collected_at]
    counted = case.sections.aggregate(rows=Sum("rows"), free=Sum("free"))
    delivery = case.deliveries.first()
    return {
        "case": case,
        "edits": may(request, Permission.COMPLIANCE_EDIT),
        "running": not case.over,
        "rooms": rooms,
        "rooms_done": len(done),
        "collecting": bool(rooms) and len(done) < len(rooms),
        "rows": counted["rows"] or 0,
        "written": counted["free"] or 0,
        "why_unread": answers.unread(case),
        "why_missing": answers.missing(case),
        "delivery": delivery,
        "several": not deliveries.one_person(case),
        "building": delivery is not None and delivery.built_at is None and delivery.ended_at is None,
        "lives": deliveries.LIVES,
        "life": deliveries.LIFE,
    }


def _rooms(case: Case) -> list[Room]:
    whose = {
        row.pk: known.name if known else f"{row.source} {row.number or ''}".strip()
        for row, known in persons.on(case)
    }
    return [
        Room(
            exporters[one.source].title if one.source in exporters else one.source,
            whose.get(one.person_id, ""),
            one,
        )
        for one in answers.in_order(case.sections.defer("sealed").all())
    ]


def _case(pk: UUID) -> Case:
    found = Case.objects.select_related("applicant").filter(pk=pk, kind__in=answers.KINDS).first()
    if found is None:
        raise Http404
    return found


@needs(Permission.COMPLIANCE_VIEW, Permission.PEOPLE_VIEW)
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel again, while rooms are asked or the file is made."""
    return render(request, "compliance/_case_access.html", _panel(request, _case(pk)))


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def collect(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask every room; again, what was collected is thrown away."""
    try:
        answers.collect(case=pk, version=version_in(request.POST), by=actor_of(request))
    except Refused as refused:
        return _refused(request, pk, refused)
    messages.success(request, "The rooms are being asked.")
    return redirect("case", pk)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@never_cache
@require_safe
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All that people wrote about the person, to be read before it leaves."""
    case = _case(pk)
    if case.identity_at is None:
        messages.error(request, "First find out who asks.")
        return redirect("case", pk)
    lines: Page[Written] = Paginator(_written(case), PAGE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "page": lines,
        "reasons": REASONS.items(),
        "why_missing": answers.missing(case),
        "unread": answers.unread(case),
        "running": not case.over,
    }
    return render(request, "compliance/answer_review.html", context)


def _written(case: Case) -> list[Written]:
    rooms = {room.section.pk: room.title for room in _rooms(case)}
    found = []
    for section in answers.in_order(answers.sections(case)):
        tables = answers.opened(case, section)
        by_name = {table["name"]: table for table in tables}
        withheld = answers.withheld_of(section)
        for name, number, key, text in free_cells(tables):
            cell = f"{name}/{number}/{key}"
            table = by_name[name]
            when = str(table["rows"][number][0] or "")[:16].replace("T", " ")
            found.append(
                Written(section, cell, rooms[section.pk], table["title"], when, text, withheld.get(cell, ""))
            )
    return found


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def withhold(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep one text back for a reason, or let it leave after all."""
    case, told, by = _case(pk), request.POST, actor_of(request)
    try:
        section, cell = UUID(told.get("section", "")), told.get("cell", "")
        answers.withhold(section=section, cell=cell, reason=told.get("reason", ""), by=by, case=case.pk)
    except ValueError:
        messages.error(request, "There is no such text.")
    except Refused as refused:
        messages.error(request, refused.text)
    return _back(pk, told.get("page", ""))


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def looked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything was read."""
    try:
        answers.look_through(case=pk, version=version_in(request.POST), by=actor_of(request))
    except Refused as refused:
        return _refused(request, pk, refused)
    messages.success(request, "Noted that you have read it. It can leave now.")
    return redirect("case", pk)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@require_POST
def deliver(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the file and mail its link."""
    days = request.POST.get("days", "")
    try:
        deliveries.deliver(
            case=pk,
            version=version_in(request.POST),
            by=actor_of(request),
            days=int(days) if days.isascii() and days.isdigit() else 0,
        )
    except Refused as refused:
        return _refused(request, pk, refused)
    messages.success(request, "The file is being made; its link goes out by mail.")
    return redirect("case", pk)


@needs(Permission.COMPLIANCE_EDIT, Permission.PEOPLE_VIEW)
@never_cache
@require_POST
def passphrase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the passphrase, to be told on the telephone or in person; that it was shown is on record."""
    try:
        phrase = deliveries.tell_phrase(case=pk, by=actor_of(request))
    except Refused as refused:
        return _refused(request, pk, refused)
    return render(request, "compliance/answer_phrase.html", {"case": _case(pk), "phrase": phrase})


def _refused(request: HttpRequest, pk: UUID, refused: Refused) -> HttpResponse:
    if refused.status == 404:
        raise Http404
    messages.error(request, refused.text)
    return redirect("case", pk)


def _back(pk: UUID, page: str) -> HttpResponse:
    answer = redirect("answer-review", pk)
    if page.isascii() and page.isdigit():
        answer["Location"] += f"?page={page}"
    return answer


@public("proves itself by the token from the mail; the file is locked besides")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest, token: str) -> HttpResponse:
    """What waits behind a mailed link; only a POST takes it, so that a mail scanner counts for nothing."""
    row = deliveries.usable(token)
    if row is None:
        return _void(request)
    if request.method != "POST":
        return _page(request, row.case.language, {"delivery": row, "number": row.case.number}, row)
    packed = deliveries.download(token)
    if packed is None:
        return _void(request)
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="answer-{row.case.number}.zip"'
    return answer


def _page(
    request: HttpRequest, language: str, context: dict[str, object], row: CaseDelivery | None = None
) -> HttpResponse:
    facts = {
        "company": current().name,
        "number": context.get("number", ""),
        "until": moment_in(row.expires_at, language) if row else "",
    }
    said = {key: speak(text, language).format_map(facts) for key, text in texts.PAGE.items()}
    status = 200 if row else 410
    context |= {"said": said, "language": language}
    return render(request, "compliance/answer_download.html", context, status=status)


def _void(request: HttpRequest) -> HttpResponse:
    spoken = _spoken(request.headers.get("Accept-Language", "").split(","))
    return _page(request, spoken, {})


def _spoken(wished: Iterable[str]) -> str:
    found = (one.strip()[:2].lower() for one in wished)
    return next((one for one in found if one in LANGUAGES), "en")
