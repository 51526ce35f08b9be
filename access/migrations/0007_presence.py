"""What an area keeps watch over, which moves the policy; who is inside, which does not."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from ledger.policy import touch_operations

BEFORE = [
    "site_id",
    "assurance",
    "lockdown",
    "unlock_age_minutes",
    "door_challenge",
    "offline_mode",
    "offline_trust_hours",
]
NOW = [*BEFORE, "passback", "passback_minutes", "capacity"]


def on_update(columns: list[str]) -> migrations.RunSQL:
    """The trigger of `touch_operations` for an UPDATE, instead of the one that stands."""
    made = touch_operations("access_area", "area", "id", columns)[1]
    dropped = "DROP TRIGGER IF EXISTS policy_touch_area_update ON access_area"
    before = touch_operations("access_area", "area", "id", BEFORE)[1]
    return migrations.RunSQL([dropped, made.sql], [dropped, before.sql])


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_alarm_finding"),
        ("credentials", "0007_ended"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inside", models.BooleanField()),
                (
                    "at",
                    models.DateTimeField(
                        help_text="of the grant, or of the deed that counted the holder out"
                    ),
                ),
                (
                    "event",
                    models.BigIntegerField(
                        help_text="the access event's id; no foreign key, as none has", null=True
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="SecondEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("access_point", models.IntegerField()),
                ("device", models.BigIntegerField(help_text="the device's handle; 0 for a day pass")),
                ("first_event", models.BigIntegerField()),
                ("second_event", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="area",
            name="capacity",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="people at once; NULL: any number",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="emptied_at",
            field=models.DateTimeField(
                blank=True, editable=False, help_text="when everybody was last counted out at once", null=True
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="empty_at_hour",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="the hour at the site at which everybody counts as gone; NULL: at none",
                null=True,
                validators=[django.core.validators.MaxValueValidator(23)],
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="hour_chosen_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="when `empty_at_hour` was set; it is due after that",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="passback",
            field=models.CharField(
                choices=[
                    ("off", "Lets them in"),
                    ("soft", "Lets them in and raises an alarm"),
                    ("hard", "Refuses until they have left"),
                    ("timed", "Refuses for some minutes"),
                ],
                db_default="off",
                default="off",
                help_text="what becomes of who enters again without having left",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="area",
            name="passback_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="for TIMED alone",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1440),
                ],
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
                    ("ENTERED_TWICE", "Somebody entered an area twice without leaving"),
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
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("passback", "timed"), ("passback_minutes__isnull", False)),
                    models.Q(
                        models.Q(("passback", "timed"), _negated=True), ("passback_minutes__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="area_minutes_where_timed",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="area",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="presences",
                to="access.area",
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="holder",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="credentials.holder",
            ),
        ),
        migrations.AddField(
            model_name="secondentry",
            name="area",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="access.area",
            ),
        ),
        migrations.AddField(
            model_name="secondentry",
            name="holder",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="credentials.holder",
            ),
        ),
        migrations.AddIndex(
            model_name="presence",
            index=models.Index(
                condition=models.Q(("inside", True)), fields=["area"], name="presence_inside_by_area"
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(
                fields=("area", "holder"), name="one_presence_per_holder_and_area"
            ),
        ),
        on_update(NOW),
    ]
