"""Whatever a decision at a door reads of this room moves the company's policy number."""

from django.db import migrations

from ledger.policy import touch_operations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        *touch_operations("access_site", "site", "id", ["time_zone"]),
        *touch_operations("access_specialday", "special_day", "id"),
        *touch_operations("access_area", "area", "id", ["site_id", "assurance", "lockdown"]),
        *touch_operations("access_door", "door", "id", ["area_id", "mode", "unlock_schedule_id"]),
        *touch_operations("access_accesspoint", "access_point", "handle", ["door_id", "handle", "side"]),
        *touch_operations(
            "access_schedule", "schedule", "id", ["intervals", "special_rule", "special_intervals"]
        ),
        *touch_operations("access_accessrule", "rule", "id"),
        *touch_operations("access_accesslevel_rules", "level", "accesslevel_id"),
        *touch_operations(
            "access_accessgrant",
            "grant",
            "holder_handle",
            ["holder_id", "level_id", "valid_from", "valid_until"],
        ),
        *touch_operations("access_profile", "profile", "number"),
    ]
