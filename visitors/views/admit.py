"""The page behind a host's mailed link: who waits, and two buttons. Opening it does nothing."""

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from credentials.models import HolderState, Language
from operators.permissions import public
from operators.services.throttling import Limit, take
from tenants.client_address import client_address
from visitors.admit_texts import TEXTS
from visitors.models import Visit, VisitState
from visitors.models.visits import LinkPurpose
from visitors.notices.mail import moment_at
from visitors.refusals import Refused
from visitors.services.hosting import admit_as_host, decline_as_host
from visitors.services.links import known

# Links that are none, from one place; a real one always works: a whole office may open theirs.
GUESSED: Final = Limit("admit_link", 60, dt.timedelta(hours=1))


@public("proves itself by the token from the mail")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admit(request: HttpRequest, token: str) -> HttpResponse:
    """A mail scanner that opens the link lets nobody in; a POST admits or declines, once."""
    link = known(token, LinkPurpose.ADMIT)
    visit = link.visit if link else None
    if visit is None or visit.host is None or visit.host.state != HolderState.ACTIVE:
        if not take(GUESSED, client_address(request)):
            return _short(request, "many", status=429)
        return _short(request, "void", status=410)
    if request.method != "POST":
        return _page(request, visit)
    deed = decline_as_host if "decline" in request.POST else admit_as_host
    if deed is admit_as_host and "admit" not in request.POST:
        return _page(request, visit, status=422)
    try:
        deed(visit=visit, host=visit.host)
    except Refused as refused:
        visit.refresh_from_db()
        return _page(request, visit, why=refused.code, status=refused.status)
    return redirect("admit", token=token)


def _page(request: HttpRequest, visit: Visit, *, why: str = "", status: int = 200) -> HttpResponse:
    language = visit.host.language if visit.host else "en"
    said = TEXTS[language]
    if not visit.waits:
        at = moment_at(visit.admitted_at or visit.changed_at, visit.site, language)
        return _short(request, _became(visit), language=language, facts={"at": at}, status=status)
    since = moment_at(visit.arrived_at or visit.changed_at, visit.site, language)
    facts = {
        "waits": said["waits"].format(guest=visit.holder.name),
        "since": said["since"].format(at=since),
        "where": said["where"].format(site=visit.site.name),
        "firm": visit.firm,
        "type": visit.type.name,
        "wrong": said.get(why, said["failed"]) if why else "",
    }
    context = {"said": said, "language": language, **facts}
    return render(request, "visitors/admit.html", context, status=status)


def _became(visit: Visit) -> str:
    if visit.is_open:
        return "admitted" if visit.state == VisitState.ON_SITE else "expected"
    ended = {VisitState.REFUSED: "refused", VisitState.CANCELLED: "cancelled"}
    return ended.get(VisitState(visit.state), "over")


def _short(
    request: HttpRequest,
    what: str,
    *,
    language: str = "",
    status: int = 200,
    facts: dict[str, Any] | None = None,
) -> HttpResponse:
    """A heading and a sentence: nobody's name, for whoever still has the link."""
    spoken = language or (translation.get_language() or "en")[:2]
    said = TEXTS[spoken if spoken in Language.values else "en"]
    context = {
        "said": said,
        "language": spoken,
        "heading": said[f"{what}_title"],
        "words": said[what].format_map(facts or {}),
    }
    return render(request, "visitors/admit_said.html", context, status=status)
