"""What is so about places and doors, for the papers."""

from collections.abc import Iterator

from access.models import AccessEvent, Area, Door, Site
from access.selectors import face_areas
from biometrics.engine.thresholds import Strictness
from vault.facts import Fact, Topic, tells


@tells("access")
def facts() -> Iterator[Fact]:
    """Sites, doors, and each area that asks for a face with its equal way."""
    places = f"{Site.objects.count()} sites, {Area.objects.count()} areas, {Door.objects.count()} doors"
    yield Fact(Topic.PLACES, "Places", places)
    first = AccessEvent.objects.order_by("at").values_list("at", flat=True).first()
    since = f"since {first:%Y-%m-%d}" if first else "none yet"
    yield Fact(Topic.PLACES, "Door record", f"{AccessEvent.objects.count()} events, {since}")
    watched = [area for area in Area.objects.all() if area.keeps_watch]
    yield Fact(Topic.PLACES, "Areas that know who is inside", str(len(watched)))
    areas = list(face_areas().prefetch_related("doors"))
    doors = sum(area.doors.count() for area in areas)
    yield Fact(Topic.FACES, "Doors that ask for a face", f"{doors}, in {len(areas)} areas")
    for area in areas:
        match = Strictness(area.face_match).value
        yield Fact(Topic.FACES, f"Equal way: {area}", f"{area.equal_way} (comparison: {match})")
