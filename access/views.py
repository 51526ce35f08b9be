"""Console pages: doors and areas, schedules, levels; a person's grants."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import selectors, services
from access.area_form import AreaForm
from access.forms import DoorForm, GrantForm, LevelForm, ScheduleForm, SiteForm, SpecialDayForm
from access.hours import week
from access.models import AccessGrant, AccessLevel, Area, Door, Schedule, Side, Site, SpecialDay
from access.travel_form import TravelForm
from compliance.law import Purpose
from compliance.selectors import purpose_open
from credentials.models import Holder
from operators.permissions import Permission, actor_of, may, needs


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: HttpRequest, title: str, form: BaseForm, template: str = "access/form.html", **more: Any
) -> HttpResponse:
    """A form, or the form again with what is wrong with it."""
    context = {"title": title, "form": form, "back": reverse("access:doors"), **more}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _may_edit(request: HttpRequest) -> bool:
    return may(request, Permission.DOORS_EDIT)


def _faces_shut() -> list[Area]:
    """The areas that ask for a face which nobody can enrol."""
    asking = list(selectors.face_areas())
    return asking if asking and not purpose_open(Purpose.FACE) else []


@needs(Permission.DOORS_VIEW)
@require_GET
def doors(request: HttpRequest) -> HttpResponse:
    sites = list(selectors.sites())
    context = {
        "doors": selectors.doors(),
        "sites": sites,
        "has_areas": any(site.areas.all() for site in sites),
        "may_edit": _may_edit(request),
        "faces_shut": _faces_shut(),
    }
    return render(request, "access/doors.html", context)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def site_add(request: HttpRequest) -> HttpResponse:
    form = SiteForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_site(by=actor_of(request), **form.cleaned_data)
        return redirect("access:doors")
    return _form_page(request, "Add a site", form)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site, pk=pk)
    form = SiteForm(_posted(request), instance=Site.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        services.edit_site(site=site, by=actor_of(request), **form.cleaned_data)
        return redirect("access:doors")
    return _form_page(request, f"Edit {site.name}", form)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def travel(request: HttpRequest) -> HttpResponse:
    form = TravelForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.set_travel(minutes=form.minutes(), by=actor_of(request))
        messages.success(request, "Saved. A phone that is faster than this raises an alarm.")
        return redirect("access:doors")
    return _form_page(request, "Travel times", form)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def special_day_add(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site, pk=pk)
    form = SpecialDayForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        if site.special_days.filter(date=form.cleaned_data["date"]).exists():
            form.add_error("date", "This day is a special day already.")
        else:
            services.add_special_day(site=site, by=actor_of(request), **form.cleaned_data)
            return redirect("access:doors")
    return _form_page(request, f"Special day at {site.name}", form)


@needs(Permission.DOORS_EDIT)
@require_POST
def special_day_remove(request: HttpRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(SpecialDay, pk=pk)
    services.remove_special_day(day=day, by=actor_of(request))
    messages.success(request, f"{day.name} is a day like any other again.")
    return redirect("access:doors")


def _area_saved(request: HttpRequest, form: AreaForm) -> HttpResponse:
    for warning in form.warnings():
        messages.warning(request, warning)
    return redirect("access:doors")


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def area_add(request: HttpRequest) -> HttpResponse:
    form = AreaForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_area(by=actor_of(request), **form.cleaned_data)
        return _area_saved(request, form)
    return _form_page(request, "Add an area", form)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def area_edit(request: HttpRequest, pk: int) -> HttpResponse:
    area = get_object_or_404(Area, pk=pk)
    form = AreaForm(_posted(request), area=area)
    if request.method == "POST" and form.is_valid():
        services.edit_area(area=area, by=actor_of(request), **form.cleaned_data)
        return _area_saved(request, form)
    return _form_page(request, f"Edit {area.name}", form)


@needs(Permission.DOORS_EDIT)
@require_POST
def area_lockdown(request: HttpRequest, pk: int) -> HttpResponse:
    area = get_object_or_404(Area, pk=pk)
    lockdown = request.POST.get("lockdown") == "on"
    services.set_area_lockdown(area=area, lockdown=lockdown, by=actor_of(request))
    messages.success(request, f"{area.name}: lockdown {'is on' if lockdown else 'has ended'}.")
    return redirect("access:doors")


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def door_add(request: HttpRequest) -> HttpResponse:
    form = DoorForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_door(by=actor_of(request), **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['name']} is there. Pair a reader with it next.")
        return redirect("access:doors")
    return _form_page(request, "Add a door", form)


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def door_edit(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_object_or_404(Door, pk=pk)
    form = DoorForm(_posted(request), door=door)
    if request.method == "POST" and form.is_valid():
        services.edit_door(door=door, by=actor_of(request), **form.cleaned_data)
        return redirect("access:doors")
    one_sided = not door.access_points.filter(side=Side.EXIT).exists()
    return _form_page(request, f"Edit {door.name}", form, exit_door=door if one_sided else None)


@needs(Permission.DOORS_EDIT)
@require_POST
def door_add_exit(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_object_or_404(Door, pk=pk)
    if not door.access_points.filter(side=Side.EXIT).exists():
        services.add_access_point(door=door, side=Side.EXIT, by=actor_of(request))
    return redirect("access:doors")


@needs(Permission.DOORS_EDIT)
@require_POST
def door_lockdown(request: HttpRequest, pk: int) -> HttpResponse:
    door = get_object_or_404(Door, pk=pk)
    lockdown = request.POST.get("lockdown") == "on"
    services.set_door_lockdown(door=door, lockdown=lockdown, by=actor_of(request))
    messages.success(request, f"{door.name}: lockdown {'is on' if lockdown else 'has ended'}.")
    return redirect("access:doors")


@needs(Permission.DOORS_VIEW)
@require_GET
def schedules(request: HttpRequest) -> HttpResponse:
    rows = [(schedule, week(schedule.intervals)) for schedule in selectors.schedules()]
    return render(request, "access/schedules.html", {"rows": rows, "may_edit": _may_edit(request)})


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def schedule_add(request: HttpRequest) -> HttpResponse:
    form = ScheduleForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_schedule(name=form.cleaned_data["name"], by=actor_of(request), **form.hours())
        return redirect("access:schedules")
    return _form_page(request, "Add a schedule", form, "access/schedule.html")


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    schedule = get_object_or_404(Schedule, pk=pk)
    form = ScheduleForm(_posted(request), schedule=schedule)
    if request.method == "POST" and form.is_valid():
        services.edit_schedule(
            schedule=schedule, by=actor_of(request), name=form.cleaned_data["name"], **form.hours()
        )
        return redirect("access:schedules")
    return _form_page(request, f"Edit {schedule.name}", form, "access/schedule.html")


@needs(Permission.DOORS_VIEW)
@require_GET
def levels(request: HttpRequest) -> HttpResponse:
    return render(
        request, "access/levels.html", {"levels": selectors.levels(), "may_edit": _may_edit(request)}
    )


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def level_add(request: HttpRequest) -> HttpResponse:
    form = LevelForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_level(name=form.cleaned_data["name"], rules=form.rules(), by=actor_of(request))
        return redirect("access:levels")
    return _form_page(request, "Add an access level", form, "access/level.html")


@needs(Permission.DOORS_EDIT)
@require_http_methods(["GET", "POST"])
def level_edit(request: HttpRequest, pk: int) -> HttpResponse:
    level = get_object_or_404(AccessLevel, pk=pk)
    form = LevelForm(_posted(request), level=level)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        services.edit_level(level=level, name=name, rules=form.rules(), by=actor_of(request))
        return redirect("access:levels")
    return _form_page(request, f"Edit {level.name}", form, "access/level.html")


@needs(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def grant_add(request: HttpRequest, holder: UUID) -> HttpResponse:
    person = get_object_or_404(Holder, pk=holder)
    form = GrantForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        services.grant_level(holder=person, by=actor_of(request), **form.cleaned_data)
        return redirect("person", person.pk)
    title = f"Let {person.name} in"
    return _form_page(request, title, form, "access/grant.html", person=person)


@needs(Permission.PEOPLE_EDIT)
@require_POST
def grant_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.select_related("holder", "level"), pk=pk)
    services.withdraw_grant(grant=grant, by=actor_of(request))
    messages.success(request, f"{grant.level.name} is withdrawn.")
    return redirect("person", grant.holder_id)
