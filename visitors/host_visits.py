"""What a host's wallet shows: their visits of these days, and what they may do with each. Reads alone."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from access.models import Site
from credentials.models import Holder
from visitors.models import OPEN_STATES, Visit, VisitState, VisitType

MOST_SHOWN: Final = 50
LATELY: Final = dt.timedelta(hours=18)  # what ended within it is still of today
TO_COME: Final = frozenset({VisitState.INVITED, VisitState.EXPECTED})


@dataclass(frozen=True, slots=True)
class May:
    """What the host may do with a visit now."""

    admit: bool
    decline: bool
    cancel: bool


def visits_of(host: Holder) -> QuerySet[Visit]:
    """Open visits and those that ended lately, who waits first, then by their beginning."""
    mine = Visit.objects.filter(host=host)
    shown = mine.filter(Q(state__in=OPEN_STATES) | Q(ended_at__gt=timezone.now() - LATELY))
    rows = shown.select_related("holder__subject", "site", "type")
    return rows.order_by("begins", "handle")


def shown_to(host: Holder) -> list[Visit]:
    """The same, at most so many: who waits comes first and is never cut off."""
    rows = visits_of(host)
    to_come = rows.filter(state__in=TO_COME)
    waiting = list(to_come.filter(arrived_at__isnull=False)[:MOST_SHOWN])
    others = rows.exclude(pk__in=[visit.pk for visit in waiting])
    return [*waiting, *others[: MOST_SHOWN - len(waiting)]]


def may(visit: Visit) -> May:
    """By its state alone; the deed looks again."""
    return May(admit=visit.waits, decline=visit.waits, cancel=visit.state in TO_COME)


def kinds_of_visit() -> QuerySet[VisitType]:
    """Types that a host may choose."""
    return VisitType.objects.filter(archived_at=None).order_by("position", "name")


def sites() -> QuerySet[Site]:
    """Sites that a host may choose."""
    return Site.objects.order_by("name")
