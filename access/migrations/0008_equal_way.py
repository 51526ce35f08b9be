"""The way in without a face, how near a face must be, and alarms about a person's face; moves no policy."""

from django.db import migrations, models

# Before the constraint. What is deferred to the end, as the policy's triggers are, must have come first: a
# table with pending triggers cannot be altered.
FILL = [
    "UPDATE access_area SET equal_way = 'Ask at reception.' WHERE assurance >= 3 AND equal_way = ''",
    "SET CONSTRAINTS ALL IMMEDIATE",
]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_presence"),
        ("credentials", "0008_code_lives"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alarm",
            name="alarm_is_about_something",
        ),
        migrations.AddField(
            model_name="area",
            name="equal_way",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="the way in without a face, as people at the door are told it",
                max_length=160,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="area",
            name="face_match",
            field=models.CharField(
                choices=[("standard", "Standard"), ("high", "High")],
                db_default="standard",
                default="standard",
                help_text="how near a face must be to the enrolled one: `biometrics.engine.thresholds`",
                max_length=8,
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
                    ("FACE_LOCKED_OUT", "A face was refused too often"),
                    ("TEMPLATE_UNREADABLE", "An enrolled face cannot be read"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("kind__in", ("FACE_LOCKED_OUT", "TEMPLATE_UNREADABLE")), ("state", "OPEN")
                ),
                fields=("kind", "holder"),
                name="one_open_alarm_per_person",
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
                    models.Q(
                        ("holder__isnull", False), ("kind__in", ("FACE_LOCKED_OUT", "TEMPLATE_UNREADABLE"))
                    ),
                    _connector="OR",
                ),
                name="alarm_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("assurance__lt", 3), models.Q(("equal_way", ""), _negated=True), _connector="OR"
                ),
                name="area_equal_way_where_face",
                violation_error_message="An area that asks for a face needs a way in without one.",
            ),
        ),
    ]
