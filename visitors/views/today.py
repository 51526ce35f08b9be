"""Reception's page: who waits, who is in, who comes, who has gone; and what is done from a line of it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from access.models import Site
from operators.permissions import Permission, actor_of, may, needs, operator_of
from visitors.desk_lists import GROUPS, Asked, leavers, sites, today
from visitors.desk_receivers import hint
from visitors.models import Visit
from visitors.refusals import Refused
from visitors.services import desk
from visitors.services.moving import arrive, extend, refuse, sign_out
from visitors.views.visit_forms import ExtendForm

EXTENSIONS = (30, 60, 120)  # minutes


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def today_page(request: HttpRequest) -> HttpResponse:
    """The whole page; whom the search finds is never in the address bar's history by itself: it is typed."""
    found = _asked(request.GET)
    context = _context(request, found) | {"tab": "today", "sites": sites(), "closing": _closing(found)}
    return render(request, "visitors/today.html", context)


@needs(Permission.VISITS_VIEW)
@never_cache
@require_safe
def today_list(request: HttpRequest) -> HttpResponse:
    """The groups alone, for a page that is open."""
    return render(request, "visitors/_today.html", _context(request, _asked(request.GET)))


@needs(Permission.VISITS)
@require_POST
def admit_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a visitor in."""

    def deed(visit: Visit, by: str) -> str:
        asked = request.POST.get("asked") == "on"
        desk.admit_at_desk(visit=visit, by=by, operator=operator_of(request), asked=asked)
        return f"{visit.holder.name} is in."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def arrived(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A visitor stands here; the host is told."""

    def deed(visit: Visit, by: str) -> str:
        arrive(visit=visit, by=by)
        return f"{visit.holder.name} waits to be admitted."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def refuse_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Not let a visitor in. Under “Gone” the visit can be expected again."""

    def deed(visit: Visit, by: str) -> str:
        refuse(visit=visit, by=by)
        return f"{visit.holder.name} is refused. By mistake? Choose “Expect again” under “Gone”."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def sign_out_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A visitor leaves."""

    def deed(visit: Visit, by: str) -> str:
        sign_out(visit=visit, by=by)
        return f"{visit.holder.name} is signed out: nothing opens any more."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def extend_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a visit end later: by some minutes, or at a time that is given."""

    def deed(visit: Visit, by: str) -> str:
        form = ExtendForm(request.POST, visit=visit)
        if not form.is_valid():
            raise Refused("end_unclear", "Say until when: a day and a time.", status=422)
        row = extend(visit=visit, ends=form.ends(), by=by)
        hint()
        return f"The visit of {row.holder.name} ends at {form.told()}."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def expect_visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new visit with the same facts, where one was ended by mistake."""

    def deed(visit: Visit, by: str) -> str:
        again = desk.expect_again(visit=visit, by=by)
        return f"{again.holder.name} {'waits to be admitted' if again.waits else 'is expected again'}."

    return _done(request, pk, deed)


@needs(Permission.VISITS)
@require_POST
def sign_out_all(request: HttpRequest) -> HttpResponse:
    """Everybody at a site leaves."""
    by = actor_of(request)
    site = Site.objects.filter(pk=_number(request.POST.get("site", "")) or 0).first()
    if site is None:
        messages.error(request, "Say at which site.")
        return redirect("visitors")
    out = desk.sign_out_all(site=site, by=by)
    messages.success(
        request,
        f"{out} visitor{'' if out == 1 else 's'} at {site.name} are being signed out."
        if out
        else f"Nobody was in at {site.name}.",
    )
    return redirect(f"/visitors/?site={site.pk}")


def get_visit(pk: UUID) -> Visit:
    """The visit with its people. Raises Http404, also for one of another company."""
    rows = Visit.objects.select_related("holder__subject", "host__subject", "type", "site", "day_pass")
    visit = rows.filter(pk=pk).first()
    if visit is None:
        raise Http404
    return visit


def _done(request: HttpRequest, pk: UUID, deed: Callable[[Visit, str], str]) -> HttpResponse:
    visit = get_visit(pk)
    try:
        said = deed(visit, actor_of(request))
    except Refused as refused:
        messages.error(request, refused.text)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    if request.headers.get("HX-Request"):
        shown = urlsplit(request.headers.get("HX-Current-URL", "")).query
        context = _context(request, _asked(QueryDict(shown))) | {"swap": True}
        return render(request, "visitors/_today.html", context)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = f"/visitors/{visit.pk}/"
    return redirect(back)


def _context(request: HttpRequest, found: Asked) -> dict[str, Any]:
    now = timezone.now()
    return {
        "groups": today(found, now=now, operator=operator_of(request)),
        "leavers": leavers(found, now=now),
        "asked": found,
        "acts": may(request, Permission.VISITS),
        "extensions": EXTENSIONS,
        "query": request.GET.urlencode(),
    }


def _closing(found: Asked) -> list[tuple[Site, int]]:
    """Sites at which somebody could be signed out, with how many."""
    now = timezone.now()
    asked = sites() if found.site is None else sites().filter(pk=found.site)
    counted = ((site, desk.on_site_today(site, now).count()) for site in asked)
    return [(site, count) for site, count in counted if count]


def _asked(query: QueryDict) -> Asked:
    group = query.get("group", "")
    return Asked(
        site=_number(query.get("site", "")),
        text=query.get("q", "")[:200],
        group=group if group in GROUPS else "",
        page=query.get("page", 1),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
