"""The search on top of every page: people and doors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access.models import Door
from access.selectors import doors
from credentials.models import Holder
from credentials.names import holder_names
from operators.permissions import Permission, may, needs
from vault.names import fold

MOST = 20
MOST_TEXT = 100


@needs(Permission.PEOPLE_VIEW)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """People whose name matches, nearly matches too, and doors."""
    text = request.GET.get("q", "").strip()[:MOST_TEXT]
    people: list[Holder] = []
    places: list[Door] = []
    if text:
        handles = holder_names.search(text, limit=MOST)
        found = {holder.handle: holder for holder in Holder.objects.filter(handle__in=handles)}
        people = [found[handle] for handle in handles if handle in found]
    if text and may(request, Permission.DOORS_VIEW):
        wanted = fold(text)
        places = [door for door in doors() if wanted in fold(f"{door.name} {door.area.name}")][:MOST]
    context = {"search_text": text, "people": people, "doors": places}
    return render(request, "pages/search.html", context)
