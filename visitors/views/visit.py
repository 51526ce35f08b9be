"""The page of one visit, its badge, its day pass, what was signed; and how badges of a type look."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.models import Site
from credentials import short_codes
from credentials.paper import DayPassState
from operators.permissions import Permission, actor_of, may, needs, operator_of
from visitors.badge_pdf import badge_pdf, badge_svg, sample_svg
from visitors.desk_lists import lines_of
from visitors.models import BadgeSize, SignedDocument, Visit, VisitPhoto, VisitState, VisitType
from visitors.photos import open_photo
from visitors.refusals import Refused
from visitors.services import desk
from visitors.services.codes import TRIES, code_of
from visitors.services.signing import signed_pdf
from visitors.timeline import timeline
from visitors.views.today import EXTENSIONS, get_visit
from visitors.views.visit_forms import ExtendForm

SVG = "image/svg+xml; charset=utf-8"


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def visit_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who, where, when; what was signed; what happened."""
    visit = get_visit(pk)
    zone_ends = ExtendForm(visit=visit)
    zone_ends.initial["until"] = visit.ends.astimezone(zone_ends.zone).replace(tzinfo=None)
    signed = SignedDocument.objects.filter(visit=visit).select_related("version__document")
    context = {
        "tab": "today",
        "visit": visit,
        "line": lines_of([visit], operator_of(request))[visit.pk],
        "form": zone_ends,
        "signed": list(signed.defer("pdf", "strokes")),
        "timeline": timeline(visit),
        "acts": may(request, Permission.VISITS),
        "passes": may(request, Permission.DAY_PASSES),
        "people": may(request, Permission.PEOPLE_VIEW),
        "badge": _shown_size(visit, request.GET.get("size", "")),
        "sizes": [BadgeSize.LABEL, BadgeSize.A6],
        "photo": VisitPhoto.objects.filter(visit=visit).values_list("taken_at", flat=True).first(),
        "code": _code(visit) if may(request, Permission.VISITS) else "",
        "extensions": EXTENSIONS,
        "moves": visit.state in {VisitState.INVITED, VisitState.EXPECTED},
    }
    return render(request, "visitors/visit.html", context)


@needs(Permission.VISITS)
@never_cache
@require_safe
def badge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The badge as PDF, with the code of the day pass where one is in force. Ended visits have none."""
    visit = get_visit(pk)
    size = _size(visit, request.GET.get("size", ""))
    if visit.state != VisitState.ON_SITE or size is None:
        raise Http404
    given = visit.day_pass if visit.day_pass and visit.day_pass.state == DayPassState.ACTIVE else None
    answer = HttpResponse(badge_pdf(visit, size, day_pass=given), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="badge-{visit.handle}.pdf"'
    return answer


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def badge_preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The badge as a picture, without a code."""
    visit = get_visit(pk)
    size = _size(visit, request.GET.get("size", ""))
    if not visit.is_open or size is None:
        raise Http404
    return HttpResponse(badge_svg(visit, size), content_type=SVG)


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photograph, for whoever compares it with who stands there; also where the badge has none."""
    visit = get_visit(pk)
    jpeg = open_photo(visit) if visit.is_open else None
    if jpeg is None:
        raise Http404
    return HttpResponse(jpeg, content_type="image/jpeg")


@needs(Permission.VISITS, Permission.DAY_PASSES)
@never_cache
@require_POST
def day_pass(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a day pass; its PIN is on the page that answers, and nowhere after it."""
    visit = get_visit(pk)
    try:
        made = desk.give_day_pass(visit=visit, by=actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
        return redirect("visit", pk)
    context = {"visit": visit, "made": made, "badge": _size(visit), "tab": "today"}
    return render(request, "visitors/day_pass_made.html", context)


@needs(Permission.VISITS_VIEW, Permission.PEOPLE_VIEW)
@never_cache
@require_safe
def signed_document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a visitor signed, as PDF."""
    rows = SignedDocument.objects.select_related("visit__holder", "version")
    signed = rows.filter(pk=pk).first()
    pdf = signed_pdf(signed) if signed else None
    if signed is None or pdf is None:
        raise Http404
    answer = HttpResponse(pdf, content_type="application/pdf")
    name = slugify(signed.version.title)[:60] or "document"
    answer["Content-Disposition"] = f'attachment; filename="{name}-visit-{signed.visit.handle}.pdf"'
    return answer


@needs(Permission.VISITS_SET_UP)
@require_safe
def type_badge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How badges of a type look, in both sizes."""
    context = {"type": _type(pk), "sizes": [BadgeSize.LABEL, BadgeSize.A6], "tab": "types"}
    return render(request, "visitors/type_badge.html", context)


@needs(Permission.VISITS_SET_UP)
@require_safe
def type_badge_picture(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them."""
    size, site = request.GET.get("size", BadgeSize.LABEL.value), Site.objects.order_by("pk").first()
    if size not in {BadgeSize.LABEL, BadgeSize.A6}:
        raise Http404
    drawn = sample_svg(_type(pk), site or Site(name="Head office"), BadgeSize(size))
    return HttpResponse(drawn, content_type=SVG)


def _type(pk: UUID) -> VisitType:
    found = VisitType.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _code(visit: Visit) -> str:
    """With which somebody who is in goes on at a kiosk; "" before, where it would let them in by itself.

    Nor is one shown that was tried too often: no kiosk takes it any more.
    """
    if visit.state != VisitState.ON_SITE or visit.code_attempts >= TRIES:
        return ""
    return short_codes.shown(code_of(visit))


def _shown_size(visit: Visit, asked: str) -> BadgeSize | None:
    """The size to show of an open visit; what is none is passed over."""
    return (_size(visit, asked) or _size(visit)) if visit.is_open else None


def _size(visit: Visit, asked: str = "") -> BadgeSize | None:
    """The size of a visit's badge, or the one asked for; None where the type prints none."""
    if visit.type.badge == BadgeSize.NONE:
        return None
    if asked and asked not in {BadgeSize.LABEL, BadgeSize.A6}:
        return None
    return BadgeSize(asked or visit.type.badge)
