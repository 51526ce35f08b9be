"""An area may ask for a young phone unlock and for a number that its doors show; both move the policy."""

import django.core.validators
from django.db import migrations, models

from ledger.policy import touch_operations

BEFORE = ["site_id", "assurance", "lockdown"]
NOW = [*BEFORE, "unlock_age_minutes", "door_challenge"]


def on_update(columns: list[str]) -> migrations.RunSQL:
    """The trigger of `touch_operations` for an UPDATE, instead of the one that stands."""
    made = touch_operations("access_area", "area", "id", columns)[1]
    dropped = "DROP TRIGGER IF EXISTS policy_touch_area_update ON access_area"
    before = touch_operations("access_area", "area", "id", BEFORE)[1]
    return migrations.RunSQL([dropped, made.sql], [dropped, before.sql])


class Migration(migrations.Migration):
    dependencies = [("access", "0002_policy_triggers")]

    operations = [
        migrations.AddField(
            model_name="area",
            name="unlock_age_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="how long ago a phone may have been unlocked; NULL: as long as its unlock lasts",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(120),
                ],
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="door_challenge",
            field=models.BooleanField(
                default=False, help_text="the doors show a number, and only a phone's proof over it opens"
            ),
        ),
        on_update(NOW),
    ]
