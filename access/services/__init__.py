from access.services.alarms import acknowledge_alarm, close_alarm, find_alarms, set_travel
from access.services.person_alarms import raise_face_lockout, raise_template_unreadable
from access.services.phone_alarms import PhoneAlarm, raise_phone_alarms
from access.services.places import (
    add_access_point,
    add_area,
    add_door,
    add_site,
    add_special_day,
    edit_area,
    edit_door,
    edit_site,
    remove_special_day,
    set_area_lockdown,
    set_door_lockdown,
)
from access.services.presence import (
    count_out_barred,
    count_out_gone,
    empty_area,
    empty_due_areas,
    forgive,
    not_opened,
    tell_second_entries,
)
from access.services.profiles import refresh_due_profiles, refresh_profile
from access.services.reader_alarms import clear_reader_alarm, raise_reader_alarm
from access.services.reconciling import Moved, Moves, find_moves, settle_moves, watched_points
from access.services.replay import replay_decisions
from access.services.rights import (
    add_level,
    add_schedule,
    edit_level,
    edit_schedule,
    grant_level,
    withdraw_grant,
)

__all__ = [
    "Moved",
    "Moves",
    "PhoneAlarm",
    "acknowledge_alarm",
    "add_access_point",
    "add_area",
    "add_door",
    "add_level",
    "add_schedule",
    "add_site",
    "add_special_day",
    "clear_reader_alarm",
    "close_alarm",
    "count_out_barred",
    "count_out_gone",
    "edit_area",
    "edit_door",
    "edit_level",
    "edit_schedule",
    "edit_site",
    "empty_area",
    "empty_due_areas",
    "find_alarms",
    "find_moves",
    "forgive",
    "grant_level",
    "not_opened",
    "raise_face_lockout",
    "raise_phone_alarms",
    "raise_reader_alarm",
    "raise_template_unreadable",
    "refresh_due_profiles",
    "refresh_profile",
    "remove_special_day",
    "replay_decisions",
    "set_area_lockdown",
    "set_door_lockdown",
    "set_travel",
    "settle_moves",
    "tell_second_entries",
    "watched_points",
    "withdraw_grant",
]
