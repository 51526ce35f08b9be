import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import vault.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceUse",
            fields=[
                (
                    "device",
                    models.PositiveIntegerField(
                        help_text="the device's handle", primary_key=True, serialize=False
                    ),
                ),
                ("seen_at", models.BigIntegerField(help_text="unix milliseconds of the last request")),
                (
                    "requests",
                    models.JSONField(default=dict, help_text="nonces of the replay window: {nonce: created}"),
                ),
                ("minted_ms", models.BigIntegerField(default=0)),
                ("minted_nonce", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CodePolicy",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "vouching",
                    models.CharField(
                        choices=[
                            ("OPERATOR", "An operator confirms each new phone"),
                            ("FIRST_USE", "The phone's first use confirms it"),
                        ],
                        default="OPERATOR",
                        max_length=12,
                    ),
                ),
                (
                    "code_life",
                    models.PositiveSmallIntegerField(
                        default=30,
                        help_text="seconds",
                        validators=[
                            django.core.validators.MinValueValidator(15),
                            django.core.validators.MaxValueValidator(60),
                        ],
                    ),
                ),
                (
                    "mint_interval",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="seconds between two new codes of one phone",
                        validators=[django.core.validators.MaxValueValidator(60)],
                    ),
                ),
                (
                    "max_phones",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_code_policy"),
                    models.CheckConstraint(
                        condition=models.Q(("code_life__gte", 15), ("code_life__lte", 60)),
                        name="code_life_in_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holder",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("handle", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EMPLOYEE", "Employee"),
                            ("CONTRACTOR", "Contractor"),
                            ("VISITOR", "Visitor"),
                        ],
                        default="EMPLOYEE",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ACTIVE", "Active"),
                            ("SUSPENDED", "Suspended"),
                            ("OFFBOARDED", "Off-boarded"),
                        ],
                        default="ACTIVE",
                        max_length=12,
                    ),
                ),
                ("name", vault.fields.EncryptedText()),
                ("email", vault.fields.EncryptedText(blank=True, default="")),
                ("email_index", models.BinaryField(max_length=16, null=True)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")],
                        default="en",
                        max_length=2,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True, db_index=True)),
                (
                    "subject",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["handle"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("handle", models.PositiveIntegerField(editable=False, unique=True)),
                ("public_key", models.BinaryField(help_text="P-256 point, uncompressed", max_length=65)),
                (
                    "thumbprint",
                    models.CharField(help_text="SHA-256 of the point, base64url", max_length=43, unique=True),
                ),
                (
                    "label",
                    vault.fields.EncryptedText(blank=True, default="", subject_source="holder.subject_id"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("AWAITING", "Awaiting confirmation"),
                            ("ACTIVE", "Active"),
                            ("REVOKED", "Revoked"),
                        ],
                        default="AWAITING",
                        max_length=12,
                    ),
                ),
                ("enrolled_at", models.DateTimeField()),
                ("vouched_at", models.DateTimeField(blank=True, null=True)),
                ("vouched_by", models.CharField(blank=True, max_length=64)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_by", models.CharField(blank=True, max_length=64)),
                ("revoked_reason", models.CharField(blank=True, max_length=32)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="credentials.holder",
                    ),
                ),
            ],
            options={
                "ordering": ["-handle"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("handle", models.PositiveIntegerField(editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ISSUED", "Issued"),
                            ("ACTIVE", "Active"),
                            ("SUSPENDED", "Suspended"),
                            ("REVOKED", "Revoked"),
                            ("LOST", "Lost"),
                            ("EXPIRED", "Expired"),
                        ],
                        default="ACTIVE",
                        max_length=12,
                    ),
                ),
                (
                    "profile",
                    models.PositiveIntegerField(default=0, help_text="written by access; 0 opens nothing"),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "fresh_until",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        help_text="next change of the holder's levels; no code outlives it",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credentials",
                        to="credentials.holder",
                    ),
                ),
            ],
            options={
                "ordering": ["-handle"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("locator", models.CharField(max_length=3)),
                ("code_hash", models.BinaryField(max_length=32)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "Open"),
                            ("USED", "Used"),
                            ("WITHDRAWN", "Withdrawn"),
                            ("EXHAUSTED", "Too many wrong codes"),
                            ("EXPIRED", "Expired"),
                        ],
                        default="OPEN",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=64)),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "device",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="credentials.device",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="credentials.holder",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="WrongCodes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.BinaryField(help_text="keyed hash of the address", max_length=32)),
                ("window", models.BigIntegerField(help_text="unix seconds / length of the window")),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("source", "window"), name="wrong_codes_window")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="holder",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("email_index__isnull", False), models.Q(("state", "OFFBOARDED"), _negated=True)
                ),
                fields=("email_index",),
                name="holder_email_once_among_the_present",
            ),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["holder", "state"], name="device_holder_state"),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("ISSUED", "ACTIVE", "SUSPENDED"))),
                fields=("holder",),
                name="one_live_credential_per_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from__isnull", True),
                    ("valid_until__isnull", True),
                    ("valid_from__lt", models.F("valid_until")),
                    _connector="OR",
                ),
                name="credential_begins_before_it_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")), fields=("locator",), name="open_locator_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")),
                fields=("holder",),
                name="one_open_invitation_per_holder",
            ),
        ),
    ]
