from access.models.events import AccessEvent
from access.models.places import AccessPoint, Area, Door, DoorMode, Side, Site, SpecialDay
from access.models.rights import AccessGrant, AccessLevel, AccessRule, Profile, Schedule, SpecialRule

__all__ = [
    "AccessEvent",
    "AccessGrant",
    "AccessLevel",
    "AccessPoint",
    "AccessRule",
    "Area",
    "Door",
    "DoorMode",
    "Profile",
    "Schedule",
    "Side",
    "Site",
    "SpecialDay",
    "SpecialRule",
]
