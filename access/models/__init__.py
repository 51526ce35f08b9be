from access.models.alarms import Alarm, AlarmKind, AlarmNote, AlarmState, AlarmWatch, Finding, SiteTravel
from access.models.events import AccessEvent
from access.models.places import AccessPoint, Area, Door, DoorMode, Side, Site, SpecialDay
from access.models.presence import Presence, SecondEntry
from access.models.rights import AccessGrant, AccessLevel, AccessRule, Profile, Schedule, SpecialRule

__all__ = [
    "AccessEvent",
    "AccessGrant",
    "AccessLevel",
    "AccessPoint",
    "AccessRule",
    "Alarm",
    "AlarmKind",
    "AlarmNote",
    "AlarmState",
    "AlarmWatch",
    "Area",
    "Door",
    "DoorMode",
    "Finding",
    "Presence",
    "Profile",
    "Schedule",
    "SecondEntry",
    "Side",
    "Site",
    "SiteTravel",
    "SpecialDay",
    "SpecialRule",
]
