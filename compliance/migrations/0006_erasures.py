"""Erasures, their steps, and where they have been confirmed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0005_requests"),
        ("vault", "0003_secret_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RUNNING", "Being carried out"),
                            ("WAITING", "Waiting for readers"),
                            ("DONE", "Confirmed everywhere"),
                        ],
                        default="RUNNING",
                        max_length=8,
                    ),
                ),
                ("plan", models.JSONField(default=list)),
                ("begun_at", models.DateTimeField()),
                ("begun_by", models.CharField(max_length=80)),
                (
                    "stopped",
                    models.CharField(
                        blank=True, default="", help_text="why it does not go on now", max_length=200
                    ),
                ),
                ("done_here_at", models.DateTimeField(null=True)),
                (
                    "epoch",
                    models.PositiveIntegerField(
                        help_text="of the policy that readers must have taken up", null=True
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(null=True)),
                ("places", models.JSONField(default=list)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("final_on", models.DateField(help_text="when the keys' last backup is gone", null=True)),
                (
                    "sent_at",
                    models.DateTimeField(
                        help_text="when the certificate left and the case lost its words", null=True
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure",
                        to="compliance.case",
                    ),
                ),
                (
                    "certificate",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.certificate",
                    ),
                ),
            ],
            options={
                "ordering": ["-begun_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ErasureStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("room", models.CharField(help_text="the eraser of vault.holdings", max_length=24)),
                ("title", models.CharField(max_length=80)),
                (
                    "items",
                    models.JSONField(default=list, help_text="what went, and what stays by which ground"),
                ),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="compliance.erasure",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(
                condition=models.Q(("sent_at", None)), fields=["state"], name="erasures_to_go_on"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_here_at", None), ("state", "RUNNING")),
                    models.Q(
                        models.Q(("state", "RUNNING"), _negated=True),
                        ("done_here_at__isnull", False),
                        ("seq__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_erasure_waits_when_it_is_done_here",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("certificate__isnull", False), ("confirmed_at__isnull", False), ("state", "DONE")
                    ),
                    models.Q(
                        models.Q(("state", "DONE"), _negated=True),
                        ("certificate", None),
                        ("confirmed_at", None),
                    ),
                    _connector="OR",
                ),
                name="a_confirmed_erasure_has_its_certificate",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasurestep",
            constraint=models.UniqueConstraint(fields=("erasure", "position"), name="erasure_steps_in_order"),
        ),
    ]
