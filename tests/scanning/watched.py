"""An area that keeps watch in a company: two ways in, one way out, people with phones."""

from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import sync_to_async
from django.db import transaction

from access import services as building
from access.models import AccessEvent, AccessLevel, AccessPoint, Area, Presence, SecondEntry, Side
from credentials.services import add_holder
from readers.scanning.asgi import ScanApplication
from tenants import context
from tests.scanning.world import BY, Station, World, lay_phone, lay_station, scan


@dataclass
class Hall:
    """The world's area with a second way in and a way out."""

    world: World
    front: Station
    side: Station
    out: Station
    people: list[World]  # the world as each of them sees it: holder and phone are theirs

    @property
    def area(self) -> Area:
        return self.world.point.door.area

    async def ask(self, **values: Any) -> None:
        """The area's form, filled in and saved."""
        await self.run(lambda: building.edit_area(area=Area.objects.get(), by=BY, **values))

    async def run(self, work: Any) -> Any:
        """Do something inside the company, on a thread."""

        def inside() -> Any:
            with context.enter(self.world.company):
                return work()

        return await sync_to_async(inside)()

    async def show(self, app: ScanApplication, station: Station, who: int = 0) -> str:
        """Somebody's fresh code at a reader; the reason told."""
        code = await sync_to_async(self.people[who].code)()
        return (await scan(app, station, code)).reason

    async def enter(self, app: ScanApplication, who: int = 0) -> str:
        return await self.show(app, self.front, who)

    async def leave(self, app: ScanApplication, who: int = 0) -> str:
        return await self.show(app, self.out, who)

    async def inside(self) -> int:
        counted: int = await self.run(lambda: Presence.objects.filter(inside=True).count())
        return counted

    async def events(self) -> list[AccessEvent]:
        found: list[AccessEvent] = await self.run(lambda: list(AccessEvent.objects.order_by("id")))
        return found

    async def second_entries(self) -> list[tuple[int, int]]:
        rows = SecondEntry.objects
        found: list[tuple[int, int]] = await self.run(
            lambda: list(rows.values_list("first_event", "second_event"))
        )
        return found


def lay_hall(world: World, people: int = 1) -> Hall:
    """Whoever the world has is the first of them."""
    with context.enter(world.company), transaction.atomic():
        area = world.point.door.area
        side = building.add_door(area=area, name="Side", by=BY).access_points.get()
        out = building.add_access_point(door=world.point.door, side=Side.EXIT, by=BY)
        points: list[AccessPoint] = [world.point, side, out]
        rules = [(point, world.schedule) for point in points]
        level = AccessLevel.objects.get(pk=world.level.pk)
        building.edit_level(level=level, name="Staff", rules=rules, by=BY)
        worlds = [world]
        for number in range(1, people):
            holder = add_holder(name=f"Person {number}", email=f"p{number}@example.com", by=BY)
            building.grant_level(holder=holder, level=level, by=BY)
            worlds.append(replace(world, holder=holder, device=lay_phone(holder)))
        beside = lay_station(world.company, side, "Doro")
        behind = lay_station(world.company, out, "Dirk")
        return Hall(world, world.station, beside, behind, worlds)
