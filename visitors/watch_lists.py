"""Reads of the watch list's pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from visitors.models import WatchEntry, WatchMatch
from visitors.services.watching import REMIND_BEFORE

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry in the list."""

    entry: WatchEntry
    open: int  # matches that nobody judged
    soon: bool  # ends within two weeks
    told: tuple[str, ...]


def entries(today: dt.date) -> list[EntryLine]:
    """The list, by name: what is sealed can be sorted only here."""
    rows = WatchEntry.objects.filter(removed_at=None).select_related("subject").prefetch_related("told")
    counted = rows.annotate(waiting=Count("matches", filter=Q(matches__verdict="")))
    lines = [
        EntryLine(
            row, row.waiting, row.until <= today + REMIND_BEFORE, tuple(one.name for one in row.told.all())
        )
        for row in counted
    ]
    return sorted(lines, key=lambda line: line.entry.name.casefold())


def get_entry(pk: UUID) -> WatchEntry | None:
    """An entry that was not removed."""
    return WatchEntry.objects.select_related("subject").filter(pk=pk, removed_at=None).first()


def get_match(pk: UUID) -> WatchMatch | None:
    """A match with its entry and its visit."""
    rows = WatchMatch.objects.select_related(
        "entry__subject", "visit__holder__subject", "visit__host__subject"
    )
    return rows.select_related("visit__site", "visit__type").filter(pk=pk, entry__removed_at=None).first()


def matches(*, of: WatchEntry | None = None, page: str | int = 1) -> Page[WatchMatch]:
    """Matches, those that nobody judged first, then the newest."""
    rows = WatchMatch.objects.filter(entry__removed_at=None)
    if of is not None:
        rows = rows.filter(entry=of)
    rows = rows.select_related("entry__subject", "visit__holder__subject", "visit__site")
    return Paginator(rows.order_by("verdict", "-found_at", "pk"), PAGE).get_page(page)
