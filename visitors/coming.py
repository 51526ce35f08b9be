"""Reads for the pages of invitations: who is to come, and the groups they came in with."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone

from credentials.models import HolderState
from credentials.names import holder_names
from visitors.models import Visit, VisitGroup, VisitState
from visitors.staff import staff_like

PAGE: Final = 50
MOST_FOUND: Final = 500
MOST_HOSTS: Final = 200
TO_COME: Final = (VisitState.INVITED, VisitState.EXPECTED)
STATES: Final = (
    ("", "All that are to come"),
    ("invited", "Invited, no answer yet"),
    ("expected", "Expected"),
    ("host_left", "The host has left"),
    ("cancelled", "Cancelled"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for."""

    text: str = ""
    host: UUID | None = None
    state: str = ""
    group: UUID | None = None
    page: str | int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A visit in the list. Names come from the index: no row is decrypted."""

    visit: Visit
    name: str = field(repr=False)
    host: str = field(repr=False)
    host_left: bool
    changeable: bool


@dataclass(frozen=True, slots=True)
class HostLine:
    """Somebody who can be chosen as a host."""

    id: UUID
    name: str = field(repr=False)


def coming(wanted: Wanted) -> "Page[Line]":
    """A page of visits, the soonest first."""
    found = _by_state(wanted.state)
    if wanted.text:
        handles = holder_names.search(wanted.text, limit=MOST_FOUND)
        found = found.filter(holder__handle__in=list(handles))
    if wanted.host:
        found = found.filter(host=wanted.host)
    if wanted.group:
        found = found.filter(group=wanted.group)
    page = Paginator(found.order_by("begins", "handle"), PAGE).get_page(wanted.page)
    page.object_list = lines(page.object_list)  # type: ignore[assignment]  # the rows become their lines
    return page  # type: ignore[return-value]


def _by_state(state: str) -> QuerySet[Visit]:
    rows = Visit.objects.select_related("holder", "host", "type", "site", "group")
    rows = rows.defer("firm", "subject", "holder__name", "holder__email", "host__name", "host__email")
    if state == "cancelled":
        return rows.filter(state=VisitState.CANCELLED, ends__gt=timezone.now())
    rows = rows.filter(state__in=TO_COME, closes__gt=timezone.now())
    if state == "host_left":
        return rows.exclude(host=None).exclude(host__state=HolderState.ACTIVE)
    return rows.filter(state=state) if state in TO_COME else rows


def lines(visits: Iterable[Visit]) -> list[Line]:
    """Visits as lists show them."""
    rows = list(visits)
    people = [visit.holder.handle for visit in rows] + [visit.host.handle for visit in rows if visit.host]
    names = holder_names.names(people)
    return [
        Line(
            visit,
            names.get(visit.holder.handle) or "Erased",
            (names.get(visit.host.handle) or "Erased") if visit.host else "",
            bool(visit.host and not visit.host.is_active),
            visit.state in TO_COME and visit.arrived_at is None,
        )
        for visit in rows
    ]


def hosts_of_coming() -> list[HostLine]:
    """Who receives somebody soon, by name."""
    rows = Visit.objects.filter(state__in=TO_COME, closes__gt=timezone.now()).exclude(host=None)
    pairs = dict(rows.order_by().values_list("host__handle", "host").distinct()[:MOST_HOSTS])
    names = holder_names.names(pairs)
    found = [HostLine(pk, names.get(handle) or "Erased") for handle, pk in pairs.items() if pk]
    return sorted(found, key=lambda one: one.name.casefold())


def groups(most: int = 20) -> list[VisitGroup]:
    """The newest groups, series and files."""
    return list(VisitGroup.objects.order_by("-created_at")[:most])


def staff_named(term: str, most: int = 8) -> list[HostLine]:
    """Members of staff who are here and whose name fits; nobody for less than two letters."""
    if len(term.strip()) < 2:
        return []
    found = staff_like(term.strip(), most)
    names = holder_names.names({one.handle for one in found})
    return [HostLine(one.pk, names.get(one.handle, "")) for one in found]
