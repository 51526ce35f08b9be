"""The company's colours for codes, and day passes, whose state a decision at a door reads."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from ledger.policy import touch_operations


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0004_lost_links"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Branding",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "foreground",
                    models.CharField(
                        default="#000000",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A#[0-9a-f]{6}\\Z", "Give a colour as #rrggbb.", code="no_colour"
                            )
                        ],
                    ),
                ),
                (
                    "background",
                    models.CharField(
                        default="#ffffff",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A#[0-9a-f]{6}\\Z", "Give a colour as #rrggbb.", code="no_colour"
                            )
                        ],
                    ),
                ),
                (
                    "accent",
                    models.CharField(
                        default="#1f62b5",
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A#[0-9a-f]{6}\\Z", "Give a colour as #rrggbb.", code="no_colour"
                            )
                        ],
                    ),
                ),
                ("logo_text", models.CharField(blank=True, default="", max_length=40)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_branding")],
            },
        ),
        migrations.CreateModel(
            name="DayPass",
            fields=[
                (
                    "handle",
                    models.PositiveIntegerField(
                        editable=False,
                        help_text="number of the visit, as the code says it",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                (
                    "time_zone",
                    models.CharField(help_text="IANA name: in which the window is written", max_length=64),
                ),
                ("salt", models.BinaryField(max_length=16)),
                ("pin_hash", models.BinaryField(max_length=32)),
                (
                    "tries",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="wrong PINs, and those being looked at now"
                    ),
                ),
                (
                    "good_at",
                    models.DateTimeField(blank=True, help_text="when the PIN was last right", null=True),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ACTIVE", "Active"), ("SUSPENDED", "Suspended"), ("REVOKED", "Revoked")],
                        default="ACTIVE",
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=64)),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="day_passes",
                        to="credentials.credential",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="day_passes",
                        to="credentials.holder",
                    ),
                ),
            ],
            options={
                "ordering": ["-handle"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["ends"], name="day_pass_ends")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("begins__lt", models.F("ends"))),
                        name="day_pass_begins_before_it_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tries__lte", 5)), name="day_pass_tries_in_bounds"
                    ),
                ],
            },
        ),
        *touch_operations(
            "credentials_daypass", "day_pass", "handle", ["state", "credential_id", "begins", "ends"]
        ),
    ]
