"""The roll-call, and the worker by which a phone keeps the last one for twelve hours without network."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from access.models import Site
from operators.permissions import Permission, needs, public
from visitors.roll_call import roll_call

WORKER: Final = Path(settings.STATICFILES_DIRS[0], "js", "roll-call-worker.js")


@needs(Permission.VISITS_VIEW, Permission.PEOPLE_VIEW, Permission.EVENTS_VIEW)
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who is in, by last door."""
    asked = request.GET.get("site", "")
    site = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    now = timezone.now()
    calls = roll_call(now, site=site)
    context = {
        "tab": "roll-call",
        "calls": calls,
        "count": sum(call.count for call in calls),
        "now": now,
        "site": site,
        "sites": Site.objects.order_by("name"),
    }
    return render(request, "visitors/roll_call.html", context)


@public("a script that is the same for everybody; what it keeps it asks for with the operator's own session")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, below the page's address so that it may serve this page and nothing else."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
