"""Passes for times without signal, passkeys and the phone's unlock. None of it moves the policy."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0002_policy_triggers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("credential_id", models.BinaryField(max_length=1023, unique=True)),
                ("public_key", models.BinaryField(help_text="COSE_Key", max_length=2048)),
                ("sign_count", models.BigIntegerField(default=0)),
                ("rp_id", models.CharField(max_length=253)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["created_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UnlockTicket",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[("register", "Register a passkey"), ("unlock", "Unlock")], max_length=8
                    ),
                ),
                ("challenge", models.BinaryField(max_length=32)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["expires_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="codepolicy",
            name="pass_hours",
            field=models.PositiveSmallIntegerField(
                default=12,
                help_text="how long a phone can show codes without signal",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(24),
                ],
            ),
        ),
        migrations.AddField(
            model_name="codepolicy",
            name="unlock_minutes",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="how long a phone unlock lasts",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(120),
                ],
            ),
        ),
        migrations.AddField(
            model_name="codepolicy",
            name="unlock_required",
            field=models.BooleanField(default=False, help_text="whether every code needs a phone unlock"),
        ),
        migrations.AddField(
            model_name="deviceuse",
            name="passed_ms",
            field=models.BigIntegerField(db_default=0, help_text="when the phone was last given a pass"),
        ),
        migrations.AddField(
            model_name="deviceuse",
            name="passed_nonce",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddField(
            model_name="deviceuse",
            name="unlocked_by",
            field=models.CharField(blank=True, db_default="", help_text="passkey or face", max_length=12),
        ),
        migrations.AddField(
            model_name="deviceuse",
            name="unlocked_ms",
            field=models.BigIntegerField(db_default=0, help_text="when it was last unlocked; 0: locked"),
        ),
        migrations.AddConstraint(
            model_name="codepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("unlock_minutes__gte", 1), ("unlock_minutes__lte", 120)),
                name="unlock_minutes_in_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="codepolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_hours__gte", 1), ("pass_hours__lte", 24)),
                name="pass_hours_in_bounds",
            ),
        ),
        migrations.AddField(
            model_name="passkey",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="passkeys", to="credentials.device"
            ),
        ),
        migrations.AddField(
            model_name="unlockticket",
            name="device",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.device"
            ),
        ),
    ]
