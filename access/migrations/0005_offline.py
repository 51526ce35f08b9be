"""What an area's readers do without network, which moves the policy; alarms about readers."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.policy import touch_operations

BEFORE = ["site_id", "assurance", "lockdown", "unlock_age_minutes", "door_challenge"]
NOW = [*BEFORE, "offline_mode", "offline_trust_hours"]


def on_update(columns: list[str]) -> migrations.RunSQL:
    """The trigger of `touch_operations` for an UPDATE, instead of the one that stands."""
    made = touch_operations("access_area", "area", "id", columns)[1]
    dropped = "DROP TRIGGER IF EXISTS policy_touch_area_update ON access_area"
    before = touch_operations("access_area", "area", "id", BEFORE)[1]
    return migrations.RunSQL([dropped, made.sql], [dropped, before.sql])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_alarms"),
        ("credentials", "0005_paper"),
    ]

    operations = [
        migrations.AddField(
            model_name="alarm",
            name="reader",
            field=models.BigIntegerField(help_text="the reader's handle", null=True),
        ),
        migrations.AddField(
            model_name="area",
            name="offline_mode",
            field=models.CharField(
                choices=[
                    ("refuse", "Nobody passes"),
                    ("as_online", "As with network; where a face is asked for, nobody passes"),
                    ("code", "The code alone opens"),
                    ("code_unlock", "Code + phone unlock opens"),
                ],
                default="as_online",
                help_text="what its readers do without network",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="offline_trust_hours",
            field=models.PositiveSmallIntegerField(
                choices=[(4, "4 hours"), (24, "24 hours"), (72, "72 hours")],
                default=24,
                help_text="for how long they trust their last list",
            ),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="at",
            field=models.DateTimeField(help_text="of the later event, or when it began"),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="device",
            field=models.BigIntegerField(help_text="the device's handle", null=True),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="first_event",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="holder",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="credentials.holder",
            ),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("TOO_FAR_APART", "One phone at two sites"),
                    ("CODE_USED_TWICE", "One code opened two doors"),
                    ("PASSED_AFTER_REVOCATION", "A revoked phone passed a reader without network"),
                    ("JOURNAL_BROKEN", "A reader's journal has a gap or was changed"),
                    ("JOURNAL_QUARANTINED", "A reader handed in what cannot be believed"),
                    ("IDENTITY_FORKED", "Two readers with one identity"),
                    ("READER_SILENT", "A reader is silent"),
                    ("READER_DRIFTING", "A reader's clock is wrong"),
                    ("READER_BEHIND", "A reader does not take up changes"),
                    ("READER_TAMPERED", "A reader was opened or moved"),
                    ("CAMERA_AWAY", "A reader's camera is gone"),
                    ("NO_SECURE_CHANNEL", "A door device claims to have no secure channel"),
                    ("DOOR_FORCED", "A door was forced"),
                    ("DOOR_HELD_OPEN", "A door is held open"),
                    ("OFFLINE_AT_FACE_AREA", "A reader at a face area was cut off"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="alarm",
            name="second_event",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reader__isnull", False), models.Q(("state", "CLOSED"), _negated=True)),
                fields=("kind", "reader"),
                name="one_open_alarm_per_reader",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reader__isnull", False),
                    models.Q(
                        ("device__isnull", False),
                        ("first_event__isnull", False),
                        ("holder__isnull", False),
                        ("second_event__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="alarm_is_about_something",
            ),
        ),
        on_update(NOW),
    ]
