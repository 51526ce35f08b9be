"""How long this room keeps what happened at doors, alarms and who was where."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from access.models import AccessPoint, Alarm, AlarmState, Presence, Site
from ledger.pruning import prune_rows
from tenants.chunks import Rows
from tenants.keeping import Category, Cutoffs, Kind, Spared, keep, names_sites, titles

_DUE = """
coalesce(t.credential, -1) <> ALL(%(credentials)s) AND coalesce(t.device, -1) <> ALL(%(devices)s)
AND t.id <> ALL(%(alarmed)s) AND t.at < %(latest)s
"""
_OTHERS = "(t.access_point <> ALL(%(elsewhere)s) AND t.at < %(other)s)"


@names_sites
def sites() -> list[tuple[int, str]]:
    """All sites."""
    return list(Site.objects.values_list("pk", "name"))


class DoorRecord:
    """Access events. They are leaves of the record: what goes is put on it. Those of open alarms stay."""

    def count(self, cutoffs: Cutoffs, spared: Spared) -> int:
        """How many events are due."""
        if cutoffs.latest is None:
            return 0
        where, params = _due(cutoffs, spared)
        query = sql.SQL("SELECT count(*) FROM access_accessevent t WHERE {}").format(where)
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return int(cursor.fetchone()[0])

    def delete(self, cutoffs: Cutoffs, spared: Spared, most: int) -> int:
        """Take some of them off the record. Raises ledger.pruning.RecordAltered."""
        if cutoffs.latest is None:
            return 0
        where, params = _due(cutoffs, spared)
        return prune_rows("scan", where, params, before=cutoffs.latest, most=most)


def _due(cutoffs: Cutoffs, spared: Spared) -> tuple[sql.Composable, Mapping[str, Any]]:
    """The condition on an event `t`, and its parameters. A point that is gone counts as of no site."""
    alarmed = Alarm.objects.exclude(state=AlarmState.CLOSED).values_list("first_event", "second_event")
    params: dict[str, Any] = {
        "latest": cutoffs.latest,
        "alarmed": sorted({event for pair in alarmed for event in pair if event is not None}),
        "credentials": spared.numbers("credential"),
        "devices": spared.numbers("device"),
    }
    parts: list[sql.Composable] = [sql.SQL(_DUE)]
    if cutoffs.sites:
        found = _points(cutoffs)
        params["elsewhere"] = [point for points in found.values() for point in points]
        places: list[sql.Composable] = []
        for number, (site, before) in enumerate(cutoffs.sites.items()):
            if before is not None:
                params[f"points{number}"], params[f"before{number}"] = found.get(site, []), before
                names = (sql.Placeholder(f"points{number}"), sql.Placeholder(f"before{number}"))
                places.append(sql.SQL("(t.access_point = ANY({}) AND t.at < {})").format(*names))
        if cutoffs.other is not None:
            params["other"] = cutoffs.other
            places.append(sql.SQL(_OTHERS))
        parts.append(sql.SQL("({})").format(sql.SQL(" OR ").join(places)))
    return sql.SQL(" AND ").join(parts), params


def _points(cutoffs: Cutoffs) -> dict[int, list[int]]:
    """The access points of the sites that have a rule of their own, by site."""
    found: dict[int, list[int]] = {}
    rows = AccessPoint.objects.filter(door__area__site__in=list(cutoffs.sites))
    for site, handle in rows.values_list("door__area__site", "handle"):
        found.setdefault(site, []).append(handle)
    return found


def alarms_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Alarm]:
    """Alarms that were closed, with their notes."""
    found = Alarm.objects.filter(state=AlarmState.CLOSED, at__lt=cutoffs.latest).order_by("at")
    return found.exclude(holder__subject__in=spared.subjects) if spared.subjects else found


def presences_due(cutoffs: Cutoffs, spared: Spared) -> QuerySet[Presence]:
    """Who was last seen where, long ago."""
    found = Presence.objects.filter(at__lt=cutoffs.latest).order_by("at")
    return found.exclude(holder__subject__in=spared.subjects) if spared.subjects else found


keep(
    Kind(
        name="access_events",
        category=Category.DOOR_RECORD,
        titles=titles("Door record", "Türprotokoll", "Journal des portes", "Registro de puertas"),
        from_when="the presentation at the door",
        keeper=DoorRecord(),
        order=40,
        per_site=True,
    )
)
keep(
    Kind(
        name="alarms",
        category=Category.DOOR_RECORD,
        titles=titles("Alarms that were closed", "Geschlossene Alarme", "Alarmes closes", "Alarmas cerradas"),
        from_when="what raised the alarm",
        keeper=Rows(alarms_due),
        order=30,
    )
)
keep(
    Kind(
        name="presence",
        category=Category.DOOR_RECORD,
        titles=titles(
            "Who was last seen in which area",
            "Wer zuletzt in welchem Bereich war",
            "Qui a été vu en dernier dans quelle zone",
            "Quién fue visto por última vez en qué zona",
        ),
        from_when="the last way in or out",
        keeper=Rows(presences_due),
        order=30,
        days=90,
    )
)
