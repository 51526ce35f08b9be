"""Whatever a decision at a door reads of this room moves the company's policy number; so does a name.

Names are no part of a decision: processes refresh their index of names by the same number.
"""

from django.db import migrations

from ledger.policy import touch_operations


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        *touch_operations("credentials_holder", "holder", "handle", ["state", "kind", "name"]),
        *touch_operations(
            "credentials_credential",
            "credential",
            "handle",
            ["state", "profile", "valid_from", "valid_until", "holder_id"],
        ),
        *touch_operations("credentials_device", "device", "handle", ["state", "holder_id"]),
        *touch_operations("credentials_codepolicy", "code_policy", "id", ["code_life"]),
    ]
