"""What each field of this room's models holds, what for, and until when."""

from access.models import (
    AccessEvent,
    AccessGrant,
    AccessLevel,
    AccessPoint,
    AccessRule,
    Alarm,
    AlarmNote,
    AlarmWatch,
    Area,
    Door,
    Presence,
    Profile,
    Schedule,
    SecondEntry,
    Site,
    SiteTravel,
    SpecialDay,
)
from tenants.data_map import Category, Keep, Said, Use, describe, sealed

describe(
    AccessEvent,
    Use.DOOR_RECORD,
    Keep.DOOR_RECORD,
    {
        "id": Category.NONE,
        "reader": Category.NONE,
        "counter": Category.NONE,
        "at": Category.MOVEMENT,
        "reader_at": Category.MOVEMENT,
        "access_point": Category.MOVEMENT,
        "credential": Category.HANDLE,
        "device": Category.HANDLE,
        "profile": Category.NONE,
        "issued": Category.NONE,
        "nonce": Category.NONE,
        "code_hash": Said(Category.KEY, use=Use.RECORD),
        "granted": Category.MOVEMENT,
        "reason": Category.MOVEMENT,
        "assurance": Category.NONE,
        "policy_epoch": Category.NONE,
        "policy_seq": Category.NONE,
        "facts": Category.MOVEMENT,
        "offline": Category.MOVEMENT,
        "batch": Said(Category.NONE, use=Use.RECORD, keep=Keep.SEALS),
        "batch_index": Said(Category.NONE, use=Use.RECORD, keep=Keep.SEALS),
        "leaf": Said(Category.NONE, use=Use.RECORD, keep=Keep.SEALS),
    },
)
describe(
    AccessGrant,
    Use.ACCESS,
    Keep.GRANT,
    {
        "id": Category.NONE,
        "holder": Category.HANDLE,
        "holder_handle": Category.HANDLE,
        "level": Category.RIGHTS,
        "valid_from": Category.RIGHTS,
        "valid_until": Category.RIGHTS,
        "created_at": Category.RIGHTS,
    },
)
describe(
    AccessLevel,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "name": Category.NONE,
        "rules": Category.NONE,
    },
)
describe(
    AccessPoint,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "handle": Category.NONE,
        "door": Category.NONE,
        "side": Category.NONE,
    },
)
describe(
    AccessRule,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "access_point": Category.NONE,
        "schedule": Category.NONE,
    },
)
describe(
    Alarm,
    Use.SECURITY,
    Keep.ALARM,
    {
        "id": Category.NONE,
        "kind": Category.SUSPICION,
        "at": Category.SUSPICION,
        "found_at": Category.NONE,
        "state": Category.NONE,
        "holder": Category.HANDLE,
        "device": Category.HANDLE,
        "first_event": Category.SUSPICION,
        "second_event": Category.SUSPICION,
        "reader": Category.NONE,
        "facts": Category.SUSPICION,
        "answered_at": Category.NONE,
        "answered_by": Category.DEED,
        "finding": Category.DEED,
    },
)
describe(
    AlarmNote,
    Use.SECURITY,
    Keep.ALARM,
    {
        "id": Category.NONE,
        "alarm": Category.NONE,
        "at": Category.NONE,
        "by": Category.DEED,
        "text": sealed(Category.WORDS, keep=Keep.PERSON),
    },
)
describe(
    AlarmWatch,
    Use.SECURITY,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "mark": Category.NONE,
        "next_mark": Category.NONE,
        "next_at": Category.NONE,
    },
)
describe(
    Area,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "site": Category.NONE,
        "name": Category.NONE,
        "assurance": Category.NONE,
        "unlock_age_minutes": Category.NONE,
        "door_challenge": Category.NONE,
        "equal_way": Category.NONE,
        "face_match": Category.NONE,
        "lockdown": Category.NONE,
        "offline_mode": Category.NONE,
        "offline_trust_hours": Category.NONE,
        "passback": Category.NONE,
        "passback_minutes": Category.NONE,
        "capacity": Category.NONE,
        "empty_at_hour": Category.NONE,
        "hour_chosen_at": Category.NONE,
        "emptied_at": Category.NONE,
    },
)
describe(
    Door,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "area": Category.NONE,
        "name": Category.NONE,
        "mode": Category.NONE,
        "unlock_schedule": Category.NONE,
    },
)
describe(
    Presence,
    Use.DOOR_RECORD,
    Keep.PRESENCE,
    {
        "id": Category.NONE,
        "area": Category.MOVEMENT,
        "holder": Category.HANDLE,
        "inside": Category.MOVEMENT,
        "at": Category.MOVEMENT,
        "event": Category.MOVEMENT,
    },
)
describe(
    Profile,
    Use.ACCESS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "number": Category.NONE,
        "levels": Category.RIGHTS,
    },
)
describe(
    Schedule,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "name": Category.NONE,
        "intervals": Category.NONE,
        "special_rule": Category.NONE,
        "special_intervals": Category.NONE,
    },
)
describe(
    SecondEntry,
    Use.SECURITY,
    Keep.SHORT,
    {
        "id": Category.NONE,
        "area": Category.MOVEMENT,
        "holder": Category.HANDLE,
        "access_point": Category.MOVEMENT,
        "device": Category.HANDLE,
        "first_event": Category.MOVEMENT,
        "second_event": Category.MOVEMENT,
        "at": Category.MOVEMENT,
    },
)
describe(
    Site,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "name": Category.NONE,
        "time_zone": Category.NONE,
        "address": Category.NONE,
    },
)
describe(
    SiteTravel,
    Use.SECURITY,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "one": Category.NONE,
        "other": Category.NONE,
        "minutes": Category.NONE,
    },
)
describe(
    SpecialDay,
    Use.SETTINGS,
    Keep.CHOSEN,
    {
        "id": Category.NONE,
        "site": Category.NONE,
        "date": Category.NONE,
        "name": Category.NONE,
    },
)
