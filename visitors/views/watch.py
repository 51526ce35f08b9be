"""The watch list: who stands on it, who came near to one of them, and a box to try a name."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operators.permissions import Permission, actor_of, may, needs, operator_of
from visitors.actors import Actors
from visitors.desk_receivers import hint
from visitors.models import Verdict, WatchEntry
from visitors.refusals import Refused
from visitors.services import watching
from visitors.views.visit_forms import WatchForm
from visitors.watch_lists import entries, get_entry, get_match, matches

FIELDS = {
    "name_missing": "name",
    "ground_missing": "why",
    "window_over": "until",
    "until_too_far": "until",
    "nobody_told": "told",
}
LONGEST_TRIED = 200


@needs(Permission.WATCH_LIST)
@never_cache
@require_safe
def watch_list(request: HttpRequest) -> HttpResponse:
    """The entries, and the matches that wait for a word."""
    page = matches(page=request.GET.get("page", 1))
    context = {"tab": "watch", "lines": entries(timezone.now().date()), "page": page}
    return render(request, "visitors/watch.html", context)


@needs(Permission.WATCH_LIST)
@never_cache
@require_POST
def watch_try(request: HttpRequest) -> HttpResponse:
    """Which entries a name would match. Posted, so that it stands in no address; nothing of it is kept."""
    name = request.POST.get("name", "").strip()[:LONGEST_TRIED]
    found = watching.try_name(name) if name else []
    context = {"tab": "watch", "tried": name, "found": found}
    return render(request, "visitors/watch_tried.html", context)


@needs(Permission.WATCH_LIST)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def watch_add(request: HttpRequest) -> HttpResponse:
    """Put somebody on the list."""
    return _form(request, None)


@needs(Permission.WATCH_LIST)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def watch_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look at an entry again: change it, give it a new end."""
    return _form(request, _entry(pk))


@needs(Permission.WATCH_LIST)
@require_POST
def watch_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take somebody off the list."""
    watching.remove_entry(entry=_entry(pk), by=actor_of(request))
    hint()
    messages.success(request, "The entry is removed, and the key under which it stood is destroyed.")
    return redirect("watch")


@needs(Permission.VISITS_VIEW)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def watch_match(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A match, for those who keep the list and those named in it; for all others there is none.

    Whoever is named and may only read sees it, and says nothing of it.
    """
    match = get_match(pk)
    if match is None or not watching.may_see(operator_of(request), match.entry):
        raise Http404
    judges = watching.may_judge(operator_of(request))
    if request.method == "POST":
        if not judges:
            return render(request, "operators/refused.html", {"required": [Permission.VISITS]}, status=403)
        verdict = request.POST.get("verdict", "")
        if verdict not in Verdict.values:
            messages.error(request, "Say whether it is the same person.")
            return redirect("watch-match", pk)
        watching.judge(match=match, verdict=Verdict(verdict), by=actor_of(request))
        hint()
        messages.success(request, f"Noted: {Verdict(verdict).label.lower()}.")
        return redirect("watch-match", pk)
    context = {
        "tab": "watch",
        "match": match,
        "decided_by": Actors([match.decided_by]).name(match.decided_by) if match.decided_by else "",
        "keeps": may(request, Permission.WATCH_LIST),
        "judges": judges,
    }
    return render(request, "visitors/watch_match.html", context)


def _entry(pk: UUID) -> WatchEntry:
    entry = get_entry(pk)
    if entry is None:
        raise Http404
    return entry


def _form(request: HttpRequest, entry: WatchEntry | None) -> HttpResponse:
    asked = request.method == "POST"
    form = WatchForm(request.POST if asked else None, entry=entry)
    if asked and form.is_valid():
        by = actor_of(request)
        try:
            if entry is None:
                watching.add_entry(watched=form.watched(), by=by)
            else:
                watching.edit_entry(entry=entry, watched=form.watched(), by=by)
        except Refused as refused:
            form.add_error(FIELDS.get(refused.code), refused.text)
        else:
            hint()
            messages.success(request, "Saved. Visits to come were compared with it.")
            return redirect("watch")
    context = {"tab": "watch", "form": form, "entry": entry}
    if entry is not None:
        context["page"] = matches(of=entry)
    return render(request, "visitors/watch_form.html", context, status=422 if asked else 200)
