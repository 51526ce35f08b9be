"""What a type asks and opens, in the console's words."""

from collections.abc import Iterable
from typing import Final

from visitors.models import BadgeSize, Photo, VisitType, Way

WAYS: Final = {Way.PHONE: "own phone", Way.DAY_PASS: "day pass with PIN", Way.ESCORT: "escort"}


def asks(row: VisitType) -> list[str]:
    """What a visitor is asked for, in the order of a kiosk. Reads `documents` as prefetched."""
    documents = [one.name for one in row.documents.all() if one.archived_at is None]
    photo = {Photo.OPTIONAL.value: ["photo, if they like"], Photo.REQUIRED.value: ["photo"]}
    return [*documents, *photo.get(row.photo, []), *(["face, if they like"] if row.face else [])]


def opens(row: VisitType) -> str:
    """How the visitor gets through which doors. Reads `levels` as prefetched."""
    if row.escort:
        return "No door by itself: always with an escort"
    ways = _listed(WAYS[Way(one)] for one in row.ways)
    levels = _listed(one.name for one in row.levels.all())
    return f"{levels or 'No door'}; {ways}"


def warnings(row: VisitType) -> list[str]:
    """What is allowed and perhaps not meant."""
    found = []
    if not row.escort and not row.levels.exists():
        found.append(f"“{row.name}” opens no door: it has no access level.")
    if not row.escort and row.ways == [Way.ESCORT.value] and row.levels.exists():
        found.append(f"“{row.name}” has levels, and escort as its only way in: the levels open nothing.")
    if row.badge == BadgeSize.NONE and Way.DAY_PASS.value in row.ways and not row.escort:
        found.append(f"“{row.name}” prints no badge: a day pass is then shown on the kiosk alone.")
    return found


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
