"""Console pages: who is inside an area, and counting people out by hand."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access import selectors, services
from access.models import Area
from credentials.models import Holder
from operators.permissions import Permission, actor_of, may, needs

PAGE = 50


@needs(Permission.DOORS_VIEW)
@require_GET
def area(request: HttpRequest, pk: int) -> HttpResponse:
    """How many are inside; their names for those who may see people."""
    found = get_object_or_404(Area.objects.select_related("site"), pk=pk)
    now = timezone.now()
    inside = selectors.people_inside(found, now)
    page = Paginator(inside, PAGE).get_page(request.GET.get("page", 1))
    count = page.paginator.count
    context = {
        "area": found,
        "count": count,
        "barred": selectors.people_inside(found, now, barred_only=True).count(),
        "full": found.capacity is not None and count >= found.capacity,
        "page": page,
        "may_see": may(request, Permission.PEOPLE_VIEW),
        "may_count_out": may(request, Permission.PRESENCE),
        "may_edit": may(request, Permission.DOORS_EDIT),
    }
    return render(request, "access/area.html", context)


@needs(Permission.PRESENCE)
@require_POST
def forgive(request: HttpRequest, pk: int) -> HttpResponse:
    """Count one holder out, who left without a code."""
    found = get_object_or_404(Area, pk=pk)
    who = _id(request.POST.get("holder", ""))
    if who is None:
        messages.error(request, "Say who it is.")
        return redirect("access:area", found.pk)
    holder = get_object_or_404(Holder, pk=who)
    if services.forgive(area=found, holder=holder, by=actor_of(request)):
        messages.success(request, f"{holder.name} counts as gone from {found.name}.")
    else:
        messages.info(request, f"{holder.name} was not inside {found.name} any more.")
    return redirect("access:area", found.pk)


@needs(Permission.PRESENCE)
@require_POST
def empty(request: HttpRequest, pk: int) -> HttpResponse:
    """Count everybody out, as after a fire drill."""
    found = get_object_or_404(Area, pk=pk)
    out = services.empty_area(area=found, by=actor_of(request))
    messages.success(request, f"{found.name} counts as empty; {out} were inside.")
    return redirect("access:area", found.pk)


@needs(Permission.PRESENCE)
@require_POST
def barred(request: HttpRequest, pk: int) -> HttpResponse:
    """Count those out who are inside and have nothing any more that opens a door."""
    found = get_object_or_404(Area, pk=pk)
    out = services.count_out_barred(area=found, by=actor_of(request))
    messages.success(request, f"{out} who may not enter any more count as gone from {found.name}.")
    return redirect("access:area", found.pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
