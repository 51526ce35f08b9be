"""When and where a visit is, as people read it: times in the zone of the site, in their language. Pure."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format

from access.models import Site
from visitors.models import Visit


def day_of(visit: Visit, language: str) -> str:
    """`Nov. 26, 2026`: the day on which it begins, at its site."""
    with translation.override(language):
        return date_format(_local(visit.begins, visit), "DATE_FORMAT")


def time_of(visit: Visit, language: str) -> str:
    """`Thursday, Nov. 26, 2026, 10:00–11:00 (Europe/Berlin)`; both days where it lasts overnight."""
    begins, ends = _local(visit.begins, visit), _local(visit.ends, visit)
    with translation.override(language):
        first = f"{date_format(begins, 'l')}, {date_format(begins, 'DATE_FORMAT')}, {begins:%H:%M}"
        last = (
            f"{ends:%H:%M}"
            if begins.date() == ends.date()
            else (f" {date_format(ends, 'l')}, {date_format(ends, 'DATE_FORMAT')}, {ends:%H:%M}")
        )
    return f"{first}–{last} ({visit.site.time_zone})"


def place_at(site: Site) -> str:
    """The site's name and, where one was given, its address."""
    return f"{site.name}, {site.address}" if site.address else site.name


def local_times(visit: Visit) -> tuple[dt.datetime, dt.datetime]:
    """Beginning and end as a clock at the site shows them, without a zone: what a form is filled with."""
    begins, ends = _local(visit.begins, visit), _local(visit.ends, visit)
    return begins.replace(tzinfo=None), ends.replace(tzinfo=None)


def _local(moment: dt.datetime, visit: Visit) -> dt.datetime:
    return moment.astimezone(ZoneInfo(visit.site.time_zone))
