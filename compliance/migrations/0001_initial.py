import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vault.fields

OPTIONS = {"abstract": False, "base_manager_name": "objects"}
PURPOSES = [
    ("door_record", "door_record"),
    ("face", "face"),
    ("photo", "photo"),
    ("visitor_documents", "visitor_documents"),
]
PROFILES = [
    ("gdpr", "European Union and EEA (GDPR)"),
    ("bipa", "Illinois (BIPA)"),
    ("ccpa", "California (CCPA/CPRA)"),
    ("cubi", "Texas (CUBI)"),
    ("none", "No law of its own"),
]
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español")]
ENDS = [
    ("withdrawn", "Withdrawn"),
    ("asked_again", "A new notice asks again"),
    ("profile_changed", "The company's jurisdiction changed"),
    ("renewed", "Given anew to a later text"),
    ("offboarded", "Off-boarded"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0003_keys_move_policy"), ("vault", "0002_key_halves")]

    operations = [
        migrations.CreateModel(
            name="CompliancePolicy",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("profile", models.CharField(blank=True, choices=PROFILES, default="", max_length=8)),
                ("controller", models.CharField(blank=True, default="", max_length=200)),
                ("contact", models.CharField(blank=True, default="", max_length=200)),
                ("schedule", models.TextField(blank=True, default="", max_length=20000)),
                ("destruction", models.TextField(blank=True, default="", max_length=20000)),
                (
                    "dpia_by",
                    models.CharField(
                        blank=True, default="", help_text="the role that approved it", max_length=120
                    ),
                ),
                ("dpia_on", models.DateField(blank=True, null=True)),
                ("equal_way", models.BooleanField(default=False)),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="one_compliance_policy")
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(choices=PURPOSES, max_length=24)),
                ("profile", models.CharField(choices=PROFILES, max_length=8)),
                ("language", models.CharField(choices=LANGUAGES, max_length=2)),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "profile", "language"), name="one_draft_of_a_notice"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("purpose", models.CharField(choices=PURPOSES, max_length=24)),
                ("profile", models.CharField(choices=PROFILES, max_length=8)),
                ("language", models.CharField(choices=LANGUAGES, max_length=2)),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                (
                    "sha256",
                    models.CharField(
                        help_text="of wording.shown_bytes, in hexadecimal digits", max_length=64
                    ),
                ),
                (
                    "changed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        help_text="law.Change values; empty for the first version",
                        size=None,
                    ),
                ),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=80)),
            ],
            options={
                **OPTIONS,
                "ordering": ["purpose", "-number", "language"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("purpose", "profile", "language", "number"), name="notice_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        help_text="chosen by the phone: said twice is said once",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "person",
                    models.PositiveIntegerField(
                        help_text="the number under which rooms above know the person"
                    ),
                ),
                ("purpose", models.CharField(choices=PURPOSES, max_length=24)),
                (
                    "act",
                    models.CharField(
                        choices=[("consent", "consent"), ("acknowledge", "acknowledge")], max_length=12
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        help_text="of the text that was shown, as the phone told it", max_length=64
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "device",
                    models.PositiveIntegerField(help_text="handle of the phone it was said on"),
                ),
                (
                    "key_print",
                    models.CharField(help_text="of the key that signed it", max_length=43),
                ),
                (
                    "told",
                    vault.fields.EncryptedText(
                        editable=True,
                        help_text="JSON: what was pressed, the name signed, the signed request itself",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_how", models.CharField(blank=True, choices=ENDS, default="", max_length=16)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.noticeversion",
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
                **OPTIONS,
                "ordering": ["-given_at", "id"],
                "indexes": [
                    models.Index(fields=["subject", "-given_at"], name="consents_of_a_person"),
                    models.Index(fields=["-given_at"], name="consents_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("subject", "purpose"),
                        name="one_answer_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_how", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("ended_how", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_end_has_its_how",
                    ),
                ],
            },
        ),
    ]
