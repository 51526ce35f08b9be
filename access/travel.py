"""How long one travels from site to site, at the least."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from access.models import AccessPoint, SiteTravel

DEFAULT_MINUTES: Final = 5


def pair_of(one: int, other: int) -> tuple[int, int]:
    """Two site ids as a pair is stored: the smaller one first."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Travel:
    """What the company said of its sites, and where each access point stands."""

    minutes: Mapping[tuple[int, int], int]
    sites: Mapping[int, int]

    @classmethod
    def load(cls) -> "Travel":
        said = SiteTravel.objects.values_list("one_id", "other_id", "minutes")
        points = AccessPoint.objects.order_by().values_list("handle", "door__area__site_id")
        return cls({(one, other): minutes for one, other, minutes in said}, dict(points))

    @property
    def longest(self) -> dt.timedelta:
        """No two events further apart than this can raise an alarm."""
        return dt.timedelta(minutes=max([DEFAULT_MINUTES, *self.minutes.values()]))

    def least(self, first: int, second: int) -> dt.timedelta | None:
        """The least time between two access points; None where one is gone or they are of one site."""
        one, other = self.sites.get(first), self.sites.get(second)
        if one is None or other is None or one == other:
            return None
        return dt.timedelta(minutes=self.minutes.get(pair_of(one, other), DEFAULT_MINUTES))
