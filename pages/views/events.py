"""Events: searchable by person, door, reason and time; and one event in full."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.models import AccessEvent
from access.selectors import EventFilter, events
from credentials.models import Holder
from credentials.names import holder_names
from operators.permissions import Permission, may, needs
from pages.figures import company_zone
from pages.forms import EventsForm
from pages.happened import lines, offline_text, shown_text

PAGE = 50
MOST_PEOPLE = 200


def wanted_of(form: EventsForm, before: int | None) -> EventFilter:
    """The filter that the form says; what is wrong in it filters nothing."""
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    result = said.get("result")
    return EventFilter(
        holders=_people(said["person"]) if said.get("person") else None,
        door=said.get("door") or None,
        reason=said.get("reason") or None,
        granted=None if not result else result == "granted",
        since=said.get("since"),
        until=said.get("until"),
        before_id=before,
    )


def _people(text: str) -> list[Holder]:
    return list(Holder.objects.filter(handle__in=holder_names.search(text, limit=MOST_PEOPLE)))


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@needs(Permission.EVENTS_VIEW)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """Newest first, fifty at a time."""
    zone = company_zone()
    form = EventsForm(request.GET or None, zone=zone)
    found = lines(events(wanted_of(form, _before(request)))[: PAGE + 1])
    more = len(found) > PAGE
    context = {
        "form": form if form.is_bound else EventsForm(zone=zone),
        "lines": found[:PAGE],
        "next_before": found[PAGE - 1].event.pk if more else None,
        "first_page": "before" not in request.GET,
        "zone": str(zone),
        "filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "pages/events.html", context)


@needs(Permission.EVENTS_VIEW)
@require_safe
def event_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: what was shown, what was decided, on which facts."""
    event = AccessEvent.objects.filter(pk=pk).first()
    if event is None:
        raise Http404
    facts = json.loads(event.facts or "{}")
    context = {
        "line": lines([event])[0],
        "shown": shown_text(facts),
        "alone": offline_text(event, facts),
        "facts": json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True),
        "code_hash": bytes(event.code_hash).hex(),
        "leaf": bytes(event.leaf).hex(),
        "proves": may(request, Permission.LEDGER_VERIFY) and may(request, Permission.LEDGER_VIEW),
    }
    return render(request, "pages/event.html", context)
