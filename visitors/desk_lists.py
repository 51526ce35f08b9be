"""Reads of reception's page: who waits, is in, is expected, has gone. As many queries for 500 as for one."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, Max, Prefetch, Q, QuerySet, Value, When

from access.models import Site
from credentials.names import holder_names
from operators.models import Operator
from operators.permissions import Permission, permissions_of
from vault import keys
from visitors.desk_reasons import reasons
from visitors.models import Arrival, Flow, Kiosk, Verdict, Visit, VisitState, WatchEntry, WatchMatch
from visitors.services.desk import end_of_day
from visitors.services.leaving import SAID, says_they_leave

MOST: Final = 100  # of one group on the page
MOST_FOUND: Final = 500
NAMELESS: Final = dt.timedelta(hours=1)  # whoever said it longer ago has left
COMING: Final = (VisitState.INVITED, VisitState.EXPECTED)
ENDED: Final = (VisitState.SIGNED_OUT, VisitState.EXPIRED, VisitState.REFUSED, VisitState.CANCELLED)
GROUPS: Final = {
    "waiting": "Waiting to be admitted",
    "on_site": "On site",
    "expected": "Expected",
    "gone": "Gone",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked for. `group` shows one of GROUPS alone, in pages."""

    site: int | None = None
    text: str = field(default="", repr=False)
    group: str = ""
    page: str | int = 1


@dataclass(frozen=True, slots=True)
class Watch:
    """What an operator sees of a visit's matches: one of those they may know; of the others whom to ask."""

    match: UUID | None
    ask: tuple[str, ...]
    judged: bool
    knows_all: bool  # nobody else is to be asked


@dataclass(frozen=True, slots=True)
class Line:
    """A visit in the list."""

    visit: Visit
    name: str
    host: str
    firm: str
    kiosk: str
    watch: Watch | None
    why: tuple[str, ...] = ()  # it waits
    leaves: dt.datetime | None = None  # said so at a kiosk, by name: signed out by a person


@dataclass(frozen=True, slots=True)
class Leaver:
    """A name of nobody who is in was given at a kiosk by whoever leaves: last when, and how often."""

    kiosk: str
    site: str
    at: dt.datetime
    times: int


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the page; `count` is of all, `lines` of those shown."""

    key: str
    title: str
    count: int
    lines: Sequence[Line]
    page: Page[Visit] | None = None

    @property
    def more(self) -> int:
        """How many are not shown."""
        return 0 if self.page else self.count - len(self.lines)


def today(asked: Asked, *, now: dt.datetime, operator: Operator) -> list[Group]:
    """The groups of the page."""
    found = _matching(asked)
    leaves = says_they_leave()
    whole = {key: rows for key, rows in _groups(found, now).items() if asked.group in {"", key}}
    if leaves and "on_site" in whole:
        # Whoever stands at the door with their coat on comes before who has just come in.
        first = Case(When(pk__in=list(leaves), then=Value(0)), default=Value(1))
        whole["on_site"] = whole["on_site"].order_by(first, "-admitted_at", "-handle")
    shown: dict[str, Sequence[Visit]] = {}
    pages: dict[str, Page[Visit]] = {}
    counts: dict[str, int] = {}
    for key, rows in whole.items():
        if asked.group:
            pages[key] = Paginator(rows, MOST).get_page(asked.page)
            shown[key], counts[key] = list(pages[key]), pages[key].paginator.count
        else:
            shown[key] = list(rows[:MOST])
            counts[key] = len(shown[key]) if len(shown[key]) < MOST else rows.count()
    lines = lines_of([visit for rows in shown.values() for visit in rows], operator, leaves)
    return [
        Group(key, GROUPS[key], counts[key], [lines[visit.pk] for visit in shown[key]], pages.get(key))
        for key in whole
    ]


def lines_of(
    visits: Sequence[Visit], operator: Operator, leaves: Mapping[object, dt.datetime] | None = None
) -> dict[UUID, Line]:
    """Visit → what is told of it in a list. `leaves`: visit → since when they say that they leave."""
    said = says_they_leave() if leaves is None else leaves
    handles = {visit.holder.handle for visit in visits} | {v.host.handle for v in visits if v.host}
    names = holder_names.names(handles)
    keys.warm(visit.holder.subject_id for visit in visits)
    kiosks = _kiosks(visits)
    watched, why = watches(visits, operator), reasons(visits)
    return {
        visit.pk: Line(
            visit=visit,
            name=names.get(visit.holder.handle) or visit.holder.name,
            host=names.get(visit.host.handle, "") if visit.host else "",
            firm=visit.firm,
            kiosk=kiosks.get(visit.kiosk or 0, ""),
            watch=watched.get(visit.pk),
            why=why.get(visit.pk, ()),
            leaves=said.get(visit.pk),
        )
        for visit in visits
    }


def leavers(asked: Asked, *, now: dt.datetime) -> list[Leaver]:
    """Kiosks at which somebody says that they leave whose name is nobody's who is in, the last first.

    The name is not kept: it may be anybody's.
    """
    if asked.group not in {"", "on_site"}:
        return []
    said = Arrival.objects.filter(flow=Flow.LEAVING, outcome=SAID, visit=None, ended_at__gte=now - NAMELESS)
    if asked.site is not None:
        said = said.filter(kiosk__site=asked.site)
    counted = said.order_by().values_list("kiosk__name", "kiosk__site__name")
    rows = counted.annotate(at=Max("ended_at"), times=Count("pk")).order_by("-at")
    return [Leaver(*row) for row in rows]


def watches(visits: Iterable[Visit], operator: Operator) -> dict[UUID, Watch]:
    """Visit → what this operator may see of its matches. Nothing where it was somebody else."""
    told = Prefetch("told", Operator.objects.filter(is_active=True))
    entries = Prefetch("entry", WatchEntry.objects.select_related("subject").prefetch_related(told))
    rows = WatchMatch.objects.filter(visit__in=list(visits)).exclude(verdict=Verdict.OTHER)
    keeps = Permission.WATCH_LIST in permissions_of(operator)
    found: dict[UUID, list[WatchMatch]] = {}
    for match in rows.prefetch_related(entries).order_by("verdict", "found_at"):
        found.setdefault(match.visit_id, []).append(match)
    return {visit: _watch(matches, operator, keeps=keeps) for visit, matches in found.items()}


def _watch(matches: Sequence[WatchMatch], operator: Operator, *, keeps: bool) -> Watch:
    known = [match for match in matches if keeps or operator in match.entry.told.all()]
    others = [match for match in matches if match not in known]
    return Watch(
        match=known[0].pk if known else None,
        ask=tuple(sorted({one.name for match in others for one in match.entry.told.all()})),
        judged=all(match.verdict for match in known),
        knows_all=not others,
    )


def sites() -> QuerySet[Site]:
    """Where visitors may come to."""
    return Site.objects.order_by("name")


def _matching(asked: Asked) -> QuerySet[Visit]:
    rows = Visit.objects.select_related("holder", "host", "type", "site", "day_pass")
    if asked.site is not None:
        rows = rows.filter(site=asked.site)
    if asked.text.strip():
        handles = holder_names.search(asked.text, limit=MOST_FOUND)
        rows = rows.filter(Q(holder__handle__in=handles) | Q(host__handle__in=handles))
    return rows


def _groups(found: QuerySet[Visit], now: dt.datetime) -> dict[str, QuerySet[Visit]]:
    tonight, morning = Q(pk__in=[]), Q(pk__in=[])
    for site in Site.objects.all():
        end = end_of_day(site, now)
        begin = now.astimezone(ZoneInfo(site.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        tonight |= Q(site=site, begins__lt=end)
        morning |= Q(site=site, ended_at__gte=begin)
    return {
        "waiting": found.filter(state__in=COMING, arrived_at__isnull=False).order_by("arrived_at", "handle"),
        "on_site": found.filter(state=VisitState.ON_SITE).order_by("-admitted_at", "-handle"),
        "expected": found.filter(tonight, state__in=COMING, arrived_at=None, closes__gt=now).order_by(
            "begins", "handle"
        ),
        "gone": found.filter(morning, state__in=ENDED).order_by("-ended_at", "-handle"),
    }


def _kiosks(visits: Iterable[Visit]) -> dict[int, str]:
    handles = {visit.kiosk for visit in visits if visit.kiosk}
    return dict(Kiosk.objects.filter(handle__in=handles).values_list("handle", "name")) if handles else {}
