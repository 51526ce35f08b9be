"""A small building for tests: a site, an area, two doors, office hours, a level that opens the first door."""

from dataclasses import dataclass

from access import services
from access.models import AccessLevel, AccessPoint, Area, Door, Schedule, Site
from credentials import services as credentials
from credentials.models import Holder

BY = "operator:test"
OFFICE_HOURS = [[day, 8 * 60, 18 * 60] for day in range(5)]


@dataclass(frozen=True)
class Building:
    site: Site
    area: Area
    front: Door
    dock: Door
    office_hours: Schedule
    staff: AccessLevel

    @property
    def front_point(self) -> AccessPoint:
        return self.front.access_points.get()

    @property
    def dock_point(self) -> AccessPoint:
        return self.dock.access_points.get()


def building(name: str = "Head office") -> Building:
    site = services.add_site(name=name, time_zone="Europe/Berlin", by=BY)
    area = services.add_area(site=site, name="Ground floor", assurance=1, by=BY)
    front = services.add_door(area=area, name="Front", by=BY)
    dock = services.add_door(area=area, name="Dock", by=BY)
    hours = services.add_schedule(name="Office hours", intervals=OFFICE_HOURS, by=BY)
    staff = services.add_level(name="Staff", rules=[(front.access_points.get(), hours)], by=BY)
    return Building(site, area, front, dock, hours, staff)


def henri(email: str = "henri@acme.example") -> Holder:
    return credentials.add_holder(name="Henri Holder", email=email, by=BY)
