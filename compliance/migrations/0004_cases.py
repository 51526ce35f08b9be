"""Requests of persons about their data, what spares data from going, and certificates."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0003_said_at_a_desk"),
        ("vault", "0003_secret_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("access", "Access"),
                            ("portability", "Portability"),
                            ("rectification", "Rectification"),
                            ("erasure", "Erasure"),
                            ("restriction", "Restriction"),
                            ("objection", "Objection"),
                            ("withdrawal", "Withdrawal"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "via",
                    models.CharField(
                        choices=[
                            ("wallet", "Wallet"),
                            ("form", "Public form"),
                            ("officer", "Written down by an officer"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "profile",
                    models.CharField(
                        choices=[
                            ("gdpr", "European Union and EEA (GDPR)"),
                            ("bipa", "Illinois (BIPA)"),
                            ("ccpa", "California (CCPA/CPRA)"),
                            ("cubi", "Texas (CUBI)"),
                            ("none", "No law of its own"),
                        ],
                        help_text="whose clock runs",
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("UNCONFIRMED", "Mail address not confirmed"),
                            ("IDENTITY", "Who asks?"),
                            ("OPEN", "To be done"),
                            ("REVIEW", "To be looked through"),
                            ("ANSWERED", "Answered"),
                            ("CLOSED", "Closed"),
                            ("REFUSED", "Refused"),
                        ],
                        default="IDENTITY",
                        max_length=12,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=0, help_text="of two officers the second is told"),
                ),
                ("name", vault.fields.EncryptedText(blank=True, default="", subject_source="applicant_id")),
                ("email", vault.fields.EncryptedText(blank=True, default="", subject_source="applicant_id")),
                (
                    "message",
                    vault.fields.EncryptedText(blank=True, default="", subject_source="applicant_id"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")],
                        default="en",
                        max_length=2,
                    ),
                ),
                ("received_at", models.DateTimeField(help_text="when the clock began")),
                ("acknowledge_by", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("answer_by", models.DateTimeField(blank=True, null=True)),
                ("extended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "identity_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("phone", "The key of a confirmed phone"),
                            ("mail", "A mail address on file, confirmed"),
                            ("seen", "Seen in person, with a document"),
                            ("known", "Known to an officer by other means"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
                ("identity_at", models.DateTimeField(blank=True, null=True)),
                ("identity_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "handled_by",
                    models.CharField(
                        blank=True, default="", help_text="an operator as an actor", max_length=80
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applicant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.subject"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CasePerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        help_text="the finder of vault.holdings that knows the person", max_length=24
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        help_text="the number under which that room knows them", null=True
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="persons",
                        to="compliance.case",
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
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=32)),
                ("facts", models.JSONField(default=dict, help_text="handles, numbers and codes only")),
                (
                    "note",
                    vault.fields.EncryptedText(blank=True, default="", subject_source="case.applicant_id"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="compliance.case",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("erasure", "Erasure"), ("retention", "Retention")], max_length=12
                    ),
                ),
                ("issued_at", models.DateTimeField()),
                ("body", models.TextField()),
                ("signature", models.BinaryField(max_length=64)),
                ("signer", models.BinaryField(help_text="public Ed25519 key of the anchor", max_length=32)),
            ],
            options={
                "ordering": ["-number"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["kind", "-number"], name="certificates_newest")],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reason", vault.fields.EncryptedText()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=80)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_by", models.CharField(blank=True, default="", max_length=80)),
                ("lift_asked_at", models.DateTimeField(blank=True, null=True)),
                ("lift_asked_by", models.CharField(blank=True, default="", max_length=80)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True, default="", help_text="who lifted or declined it", max_length=80
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
                "ordering": ["-asked_at"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Restriction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("since", models.DateTimeField()),
                ("by", models.CharField(max_length=80)),
                (
                    "announced_at",
                    models.DateTimeField(
                        blank=True, help_text="when the person was told that it ends (Art. 18(3))", null=True
                    ),
                ),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="compliance.case",
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
                "ordering": ["-since"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "answer_by"], name="cases_by_clock"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at", None), ("state__in", ("CLOSED", "REFUSED")), _connector="XOR"
                ),
                name="a_case_that_is_over_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("identity_at", None), ("identity_how", "")),
                    models.Q(("identity_at__isnull", False), models.Q(("identity_how", ""), _negated=True)),
                    _connector="OR",
                ),
                name="an_identity_has_its_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.UniqueConstraint(fields=("case", "subject"), name="a_person_once_in_a_case"),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("subject",), name="one_legal_hold_of_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", ""),
                    models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="a_hold_takes_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by", ""),
                    ("lift_asked_by", ""),
                    models.Q(("ended_by", models.F("lift_asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="lifting_a_hold_takes_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    ("confirmed_at", None),
                    ("lift_asked_at__isnull", False),
                    _connector="OR",
                ),
                name="a_confirmed_hold_is_lifted",
            ),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("subject",),
                name="one_restriction_of_a_person",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON compliance_certificate FOR EACH ROW"
            " EXECUTE FUNCTION public.ledger_refuse()",
            "DROP TRIGGER IF EXISTS written_once ON compliance_certificate",
        ),
    ]
