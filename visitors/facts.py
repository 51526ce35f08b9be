"""How many visits, kiosks and entries of the watch list there are, and how long visitors are kept."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from vault.facts import Fact, Topic, tells
from visitors.keeping import said
from visitors.models import Kiosk, KioskState, Photo, Visit, VisitState, VisitType, WatchEntry


@tells("visitors")
def facts() -> Iterator[Fact]:
    """Counts and settings only."""
    month = timezone.now() - timedelta(days=30)
    yield Fact(
        Topic.PEOPLE, "Visits in the last 30 days", str(Visit.objects.filter(begins__gte=month).count())
    )
    here = Visit.objects.filter(state=VisitState.ON_SITE).count()
    yield Fact(Topic.PEOPLE, "Visitors on site", str(here))
    watched = WatchEntry.objects.filter(removed_at=None).count()
    yield Fact(Topic.PEOPLE, "Entries of the watch list", str(watched))
    kiosks = Kiosk.objects.filter(state=KioskState.ACTIVE).count()
    yield Fact(Topic.PLACES, "Kiosks at which visitors sign in", str(kiosks))
    yield Fact(Topic.MEASURES, "Visitors are erased by themselves", f"{said('en')} after their visit")
    offered = VisitType.objects.filter(archived_at=None)
    photos = offered.exclude(photo=Photo.NONE).count()
    yield Fact(Topic.MEASURES, "Types of visit that take a photo", f"{photos}; deleted when the visit ends")
    faces = offered.filter(face=True).count()
    yield Fact(Topic.FACES, "Types of visit at which a face may be enrolled", f"{faces}; gone at sign-out")
