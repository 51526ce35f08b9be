"""What was collected for a request, and how it left."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0007_papers"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                (
                    "phrase",
                    vault.fields.EncryptedText(blank=True, default="", subject_source="case.applicant_id"),
                ),
                (
                    "sealed",
                    models.BinaryField(
                        help_text="the ZIP, under the key of the case; empty once it ended", null=True
                    ),
                ),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("built_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, help_text="when its bytes were deleted", null=True),
                ),
                ("downloads", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="compliance.case",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["expires_at"], name="deliveries_by_end")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case",),
                        name="one_delivery_of_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at", None), ("sealed", None), _connector="OR"),
                        name="an_ended_delivery_holds_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseSection",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("source", models.CharField(help_text="the exporter of vault.holdings", max_length=24)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("free", models.PositiveIntegerField(default=0, help_text="cells that people wrote freely")),
                (
                    "sealed",
                    models.BinaryField(help_text="tables, compressed, under the key of the case", null=True),
                ),
                (
                    "withheld",
                    vault.fields.EncryptedText(blank=True, default="", subject_source="case.applicant_id"),
                ),
                ("collected_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="compliance.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="compliance.caseperson",
                    ),
                ),
            ],
            options={
                "ordering": ["person", "source"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "person", "source"), name="one_section_of_a_room"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("collected_at", None), ("sealed", None)),
                            models.Q(("collected_at__isnull", False), ("sealed__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_collected_section_holds_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reviewed_at", None), ("reviewed_by", "")),
                            models.Q(
                                ("collected_at__isnull", False),
                                ("reviewed_at__isnull", False),
                                models.Q(("reviewed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="only_what_was_collected_is_reviewed",
                    ),
                ],
            },
        ),
    ]
