"""What erasing leaves of a visitor: numbers in deeds. Of a host: a number beside visits of others."""

import datetime as dt
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as date_format

from vault.holdings import Item, eraser
from visitors.models import (
    OPEN_STATES,
    Arrival,
    HostChoice,
    PushSubscription,
    SealedSignIn,
    SignedDocument,
    Visit,
    VisitGroup,
    VisitPhoto,
    VisitState,
    WatchEntry,
    WatchMatch,
)
from visitors.periods import demanded, law_least
from visitors.services import cancel, sign_out

LONGEST_RULE = 100  # signs of it: the sentence stands in a column of 200
HOSTED = "Art. 17(3)(e) GDPR: whom others came to see is a number, and goes with their visits"


@eraser("visitors", title="Visits, what was signed at them, watch list", order=25)
class VisitorsEraser:
    """Of a visitor nothing is left but numbers in deeds; a host's visits are others' data and stay."""

    def plan(self, subject: UUID) -> list[Item]:
        found = [Item(what, rows.count()) for what, rows in _rows(subject)]
        return [item for item in found if item.count] + _staying(subject)

    def obstacles(self, subject: UUID) -> list[str]:
        to_end = Visit.objects.filter(holder__subject=subject, state__in=OPEN_STATES).order_by("handle")
        found = [
            f"Visit {one.handle} is under way. Sign the visitor out first."
            if one.state == VisitState.ON_SITE
            else f"Visit {one.handle} is to come. Cancel it first."
            for one in to_end
        ]
        return found + _kept_by_rules(subject)

    def erase(self, subject: UUID, *, by: str) -> list[Item]:
        _end_open(subject, by)  # none, but where lists are replayed after a restore
        emptied = _groups_of_nobody_else(subject)
        found = _rows(subject)
        gone = [Item(what, rows.count()) for what, rows in found]
        WatchMatch.objects.filter(Q(visit__holder__subject=subject) | Q(entry__subject=subject)).delete()
        WatchEntry.objects.filter(subject=subject).delete()
        PushSubscription.objects.filter(device__holder__subject=subject).delete()
        HostChoice.objects.filter(holder__subject=subject).delete()
        _named_groups(subject).update(name="")
        Visit.objects.filter(holder__subject=subject).delete()
        VisitGroup.objects.filter(pk__in=emptied).delete()
        return [item for item in gone if item.count] + _staying(subject)


def _kept_by_rules(subject: UUID) -> list[str]:
    """The visit that a rule keeps longest (GDPR Art. 17(3)(b)). Nothing goes before: one key is of all."""
    law, now = law_least(), timezone.now()
    kept = []
    for visit in Visit.objects.filter(holder__subject=subject).select_related("type", "site"):
        days, rule = demanded(visit.type, law)
        if visit.ended_at is not None and (until := visit.ended_at + dt.timedelta(days=days)) > now:
            kept.append((until, visit, rule))
    if not kept:
        return []
    until, visit, rule = max(kept, key=lambda one: one[0])
    day = date_format(until.astimezone(ZoneInfo(visit.site.time_zone)), "j F Y, H:i")
    return [f"Visit {visit.handle} has to be kept until {day}. The rule: {rule[:LONGEST_RULE]}."]


def _rows(subject: UUID) -> list[tuple[str, QuerySet[Any]]]:
    mine = Q(visit__holder__subject=subject)
    return [
        ("Visits, with their links and codes", Visit.objects.filter(holder__subject=subject)),
        ("Documents read or signed, with their PDFs", SignedDocument.objects.filter(mine)),
        ("Photos for badges", VisitPhoto.objects.filter(mine)),
        ("What went on at kiosks", Arrival.objects.filter(mine)),
        ("Sign-ins taken without network", SealedSignIn.objects.filter(mine)),
        ("Names compared with the watch list", WatchMatch.objects.filter(mine)),
        ("Entries of the watch list", WatchEntry.objects.filter(subject=subject)),
        ("Names of groups invited", _named_groups(subject)),
        ("What the host wants to be told", HostChoice.objects.filter(holder__subject=subject)),
        ("Browsers that take notices", PushSubscription.objects.filter(device__holder__subject=subject)),
    ]


def _named_groups(subject: UUID) -> QuerySet[VisitGroup]:
    return VisitGroup.objects.filter(host__subject=subject).exclude(name="")


def _groups_of_nobody_else(subject: UUID) -> list[UUID]:
    """Groups whose every visit is this person's: their names may speak of nobody but them."""
    mine = VisitGroup.objects.filter(visits__holder__subject=subject).distinct()
    others = Visit.objects.exclude(holder__subject=subject).filter(group__in=mine).values("group")
    return list(mine.exclude(pk__in=others).values_list("pk", flat=True))


def _end_open(subject: UUID, by: str) -> None:
    for visit in Visit.objects.filter(holder__subject=subject, state__in=OPEN_STATES).order_by("handle"):
        if visit.state == VisitState.ON_SITE:
            sign_out(visit=visit, by=by)
        else:
            cancel(visit=visit, by=by)


def _staying(subject: UUID) -> list[Item]:
    counts = [("Visits received, by number", Visit.objects.filter(host__subject=subject).count(), HOSTED)]
    return [Item(what, count, goes=False, ground=ground) for what, count, ground in counts if count]
