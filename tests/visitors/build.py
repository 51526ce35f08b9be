"""What tests of visits begin with: a building, a host, a type of visit, a guest."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from credentials.models import Holder
from tests.access.build import BY, Building, building, henri
from visitors.models import Visit, VisitType
from visitors.services import Guest, Plan, plan_visit

__all__ = ["BY", "Reception", "guest", "reception"]


@dataclass(frozen=True)
class Reception:
    """A site where visitors are received."""

    place: Building
    host: Holder
    type: VisitType

    def plan(self, *, begins_in: int = 0, minutes: int = 60, **more: object) -> Plan:
        """A visit that begins in so many minutes."""
        begins = timezone.now() + dt.timedelta(minutes=begins_in)
        ends = begins + dt.timedelta(minutes=minutes)
        given = {
            "type": self.type,
            "site": self.place.site,
            "host": self.host,
            "begins": begins,
            "ends": ends,
        }
        return Plan(**(given | more))  # type: ignore[arg-type]  # what a test changes is its business

    def visit(self, *, name: str = "Vera Visitor", email: str = "vera@guest.example", **more: int) -> Visit:
        """A planned visit of a guest."""
        return plan_visit(guest=guest(name, email), plan=self.plan(**more), by=BY)


def guest(name: str = "Vera Visitor", email: str = "vera@guest.example") -> Guest:
    return Guest(name=name, email=email, firm="Guest & Sons")


def reception() -> Reception:
    """A building with Henri as host and a type of visit that opens the staff level's doors."""
    place = building()
    kind = VisitType.objects.create(name="Meeting")
    kind.levels.set([place.staff])
    return Reception(place, henri(), kind)
