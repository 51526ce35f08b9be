"""The first page after signing in: today, the doors as they are used, the readers' health."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.models import Door, DoorMode
from access.selectors import EventFilter, events
from compliance.services.reminders import waiting_counts
from operators.permissions import Permission, may, needs
from pages import figures
from pages.happened import lines
from pages.views.platform import companies
from readers.selectors import health
from tenants.context import current
from tenants.refs import CompanyKind

FEED = 14
MOST_NEW = 40


@needs()
@require_safe
def overview(request: HttpRequest) -> HttpResponseBase:
    """Today at a glance; on the platform's own host the companies."""
    if current().kind is CompanyKind.PLATFORM:
        return companies(request)
    now = datetime.now(UTC)
    sees = may(request, Permission.EVENTS_VIEW)
    # The feed is by arrival: what a reader hands in late is news as well.
    feed = lines(events(EventFilter()).order_by("-id")[:FEED]) if sees else []
    context = {
        "figures": figures.figures(now),
        "chart": figures.chart(now) if sees else None,
        "feed": feed,
        "newest": feed[0].event.pk if feed else 0,
        "sees": sees,
        "health": _health(request, now),
        "requests": waiting_counts() if may(request, Permission.COMPLIANCE_EDIT) else (0, 0),
        "locked_down": Door.objects.filter(mode=DoorMode.LOCKDOWN).count(),
    }
    return render(request, "pages/overview.html", context)


def _health(request: HttpRequest, now: datetime) -> list[object]:
    if not may(request, Permission.READERS_VIEW):
        return []
    return [line for line in health(now) if line.state != "retired"]


@needs(Permission.EVENTS_VIEW)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Lines newer than `after`, newest first: what the live feed puts on top."""
    after = request.GET.get("after", "0")
    last = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    newer = events(EventFilter()).filter(id__gt=last).order_by("-id")[:MOST_NEW]
    return render(request, "pages/_feed.html", {"feed": lines(newer), "fresh": True})


@needs(Permission.EVENTS_VIEW)
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The numbers on top and the chart, again."""
    now = datetime.now(UTC)
    context = {"figures": figures.figures(now), "chart": figures.chart(now)}
    return render(request, "pages/_today.html", context)


@needs(Permission.READERS_VIEW)
@require_safe
def readers_health(request: HttpRequest) -> HttpResponse:
    """The readers' health, again."""
    return render(request, "pages/_health.html", {"health": _health(request, datetime.now(UTC))})
