"""What the overview counts: today's events by the hour, readers, people, phones."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from access.models import AccessEvent, Door, Site
from access.selectors import Tally, tally
from credentials.models import Device, DeviceState, Holder, HolderState

HOURS = 24
BAR_WIDTH = 20
BAR_GAP = 6
CHART_HEIGHT = 120


def company_zone() -> zoneinfo.ZoneInfo:
    """The zone in which the company's day begins: that of its first site."""
    name = Site.objects.order_by("id").values_list("time_zone", flat=True).first()
    return zoneinfo.ZoneInfo(name or "UTC")


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour of the chart, in the chart's own units."""

    label: str
    granted: int
    refused: int
    x: int
    granted_y: float
    granted_height: float
    refused_y: float
    refused_height: float
    ticked: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The last day by the hour."""

    bars: tuple[Bar, ...]
    most: int
    width: int
    height: int
    zone: str

    @property
    def empty(self) -> bool:
        """Whether nothing happened."""
        return all(bar.granted + bar.refused == 0 for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers on top of the overview."""

    today: Tally
    since: datetime
    people: int
    phones: int
    awaiting: int
    doors: int

    @property
    def since_text(self) -> str:
        """The beginning of today as the events' filter takes it: a time of the company's zone."""
        return self.since.strftime("%Y-%m-%dT%H:%M")


def figures(now: datetime) -> Figures:
    """Today's numbers, today being that of the company's first site."""
    midnight = now.astimezone(company_zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    phones = Device.objects.filter(state__in=[DeviceState.ACTIVE, DeviceState.AWAITING])
    return Figures(
        today=tally(since=midnight, until=now + timedelta(seconds=5)),
        since=midnight,
        people=Holder.objects.filter(state=HolderState.ACTIVE).count(),
        phones=phones.filter(state=DeviceState.ACTIVE).count(),
        awaiting=phones.filter(state=DeviceState.AWAITING).count(),
        doors=Door.objects.count(),
    )


_BY_HOUR = """
    SELECT date_trunc('hour', at) AS hour,
           count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted)
      FROM access_accessevent WHERE at >= %s GROUP BY hour
"""


def chart(now: datetime) -> Chart:
    """Grants and refusals of the last 24 hours."""
    zone = company_zone()
    first = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, [first])
        counted = {row[0].astimezone(UTC): (row[1], row[2]) for row in cursor.fetchall()}
    hours = [first + timedelta(hours=n) for n in range(HOURS)]
    most = max([sum(counted.get(hour, (0, 0))) for hour in hours] + [4])
    bars = tuple(
        _bar(number, hour.astimezone(zone), counted.get(hour, (0, 0)), most)
        for number, hour in enumerate(hours)
    )
    return Chart(bars, most, HOURS * (BAR_WIDTH + BAR_GAP), CHART_HEIGHT, str(zone))


def _bar(number: int, hour: datetime, counts: tuple[int, int], most: int) -> Bar:
    granted, refused = counts
    high, low = granted * CHART_HEIGHT / most, refused * CHART_HEIGHT / most
    return Bar(
        label=hour.strftime("%H:%M"),
        granted=granted,
        refused=refused,
        x=number * (BAR_WIDTH + BAR_GAP),
        granted_y=round(CHART_HEIGHT - high, 2),
        granted_height=round(high, 2),
        refused_y=round(CHART_HEIGHT - high - low, 2),
        refused_height=round(low, 2),
        ticked=hour.hour % 6 == 0,
    )


def newest_event() -> int:
    """The id of the newest event, 0 before the first."""
    return AccessEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
