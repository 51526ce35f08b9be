"""The page of a visit, for whoever holds the link from the mail; documents are read and signed on it.

Looking uses nothing up.

A token that leads nowhere is counted by place: after thirty in an hour every other one from there is answered
with 429 for a while. A right one always works: it has 128 bits, and a whole office may share a place.
"""

import datetime as dt
import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from credentials import short_codes
from operators.permissions import public
from operators.pictures import qr_svg
from operators.services.throttling import Limit, take
from tenants.client_address import client_address
from tenants.context import current
from vault.fields import ERASED
from visitors.invitation_mails import map_address
from visitors.models import Visit, VisitLink, VisitState, Way
from visitors.models.visits import LinkPurpose
from visitors.moments import place_at, time_of
from visitors.refusals import Refused
from visitors.services.codes import code_of
from visitors.services.home_signing import papers_of, sign_at_home
from visitors.services.links import of_open_visit
from visitors.services.moving import accept_visit
from visitors.services.rearranging import decline
from visitors.services.signing import Strokes, check_strokes
from visitors.visit_texts import TEXTS

GUESSES: Final = Limit("visit_link", 30, dt.timedelta(hours=1))
# Presses of one visit: each takes the visitor's row and may draw a PDF.
SIGNS: Final = Limit("visit_sign", 60, dt.timedelta(hours=1))
LONGEST_STROKES: Final = 200_000  # characters
_WRONG: Final = {"signature_empty": "sign_empty", "document_changed": "sign_changed"}


@public("proves itself by the token from the mail")
@never_cache
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Time, place, host, code, what to read; the deeds are buttons."""
    link = _link(request, token)
    return link if isinstance(link, HttpResponse) else _visit_page(request, token, link)


@public("proves itself by the token from the mail")
@never_cache
@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The visitor means to come. A second press does nothing."""
    link = _link(request, token)
    if isinstance(link, HttpResponse):
        return link
    accept_visit(visit=link.visit, by=_actor(link.visit))
    return redirect("visit-page", token)


@public("proves itself by the token from the mail")
@never_cache
@require_POST
def cannot(request: HttpRequest, token: str) -> HttpResponse:
    """The visitor cannot come: the visit is cancelled and the host told."""
    link = _link(request, token)
    if isinstance(link, HttpResponse):
        return link
    try:
        decline(visit=link.visit)
    except Refused:  # at the reception, or in already
        return redirect("visit-page", token)
    return _answer(request, "declined", {}, link.visit.language)


@public("proves itself by the token from the mail")
@never_cache
@require_POST
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """A text was read, or signed: `version`, and `strokes` as JSON. A second press does nothing."""
    link = _link(request, token)
    if isinstance(link, HttpResponse):
        return link
    if not take(SIGNS, str(link.visit.pk)):
        return _answer(request, "many", {}, link.visit.language, status=429)
    try:
        sign_at_home(visit=link.visit, version=_version(request), strokes=_strokes(request))
    except Refused as refused:
        wrong = _WRONG.get(refused.code, "sign_failed")
        return _visit_page(request, token, link, wrong=wrong, status=refused.status)
    return redirect(f"{reverse('visit-page', args=[token])}#documents")


def _version(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("version", ""))
    except ValueError:
        raise Refused("document_changed", "There is no such text.", status=422) from None


def _strokes(request: HttpRequest) -> Strokes:
    given = request.POST.get("strokes") or "[]"
    if len(given) > LONGEST_STROKES:
        raise Refused("signature_too_large", "Please sign with fewer strokes.", status=422, retry=True)
    try:
        return check_strokes(json.loads(given))
    except (ValueError, RecursionError):  # no JSON, or nested without end
        raise Refused("signature_malformed", "The signature is not as it must be.", status=422) from None


def _link(request: HttpRequest, token: str) -> VisitLink | HttpResponse:
    """The link, or the answer for one that is none. The same for unknown, run out and cancelled."""
    link = of_open_visit(token, LinkPurpose.PREPARE)
    gone = link is None or link.visit.closes <= timezone.now() or link.visit.holder.subject.destroyed_at
    if link is not None and not gone:
        return link
    if not take(GUESSES, client_address(request)):
        return _answer(request, "many", {}, status=429)
    return _answer(request, "void", {}, status=410)


def _visit_page(
    request: HttpRequest, token: str, link: VisitLink, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    visit = link.visit
    said = TEXTS[visit.language]
    place = f"{current().name}, {place_at(visit.site)}"
    inside = visit.state == VisitState.ON_SITE
    code = short_codes.shown(code_of(visit))
    to_come = not inside and not visit.waits
    context = {
        "visit": visit,
        "token": token,
        "name": visit.holder.name,
        "time": time_of(visit, visit.language),
        "place": place,
        "map": map_address(visit.site),
        "host": visit.host.name if visit.host and visit.host.is_active else "",
        "subject": "" if visit.subject == ERASED else visit.subject,
        "code": "" if inside else code,
        "picture": qr_svg(code, label=said["qr"]),
        "papers": papers_of(visit),
        "signs": said["sign_as"].format(name=visit.holder.name),
        "wrong": said[wrong] if wrong else "",
        "inside": inside,
        "asks": visit.state == VisitState.INVITED and to_come,
        "comes": visit.state == VisitState.EXPECTED,
        "to_come": to_come,
        "phone": Way.PHONE.value in visit.type.ways_in,
        "used": link.used_at is not None,
    }
    return _answer(request, "page", context, visit.language, status=status)


def _answer(
    request: HttpRequest, name: str, context: dict[str, Any], language: str = "", *, status: int = 200
) -> HttpResponse:
    spoken = language or (translation.get_language() or "en")[:2]
    said = TEXTS.get(spoken, TEXTS["en"])
    facts = {"company": current().name, "name": context.get("name", "")}
    told = {"heading": said["hello"].format_map(facts), "for": said["for"].format_map(facts)}
    whole = {"said": said, "language": spoken, **told, **context}
    return render(request, f"visitors/visit_{name}.html", whole, status=status)


def _actor(visit: Visit) -> str:
    return f"holder:{visit.holder.handle}"
