"""Renewing a reader's key: the one on its way, and those that were before.

A key that is on its way moves the policy: whoever holds a copy of the readers must take it.
"""

import django.db.models.deletion
from django.db import migrations, models

from ledger.policy import touch_operations

BEFORE = ["state", "access_point_id", "algorithm", "public_key"]


def _updated(columns: list[str]) -> migrations.RunSQL:
    """The trigger of `touch_operations` for an UPDATE, instead of the one that stands."""
    made = touch_operations("readers_reader", "reader", "handle", columns)[1]
    before = touch_operations("readers_reader", "reader", "handle", BEFORE)[1]
    return migrations.RunSQL([before.reverse_sql, made.sql], [made.reverse_sql, before.sql])


class Migration(migrations.Migration):
    dependencies = [("readers", "0008_journal")]

    operations = [
        migrations.AddField(
            "reader",
            "key_since",
            models.DateTimeField(help_text="NULL: the key it was paired with", null=True),
        ),
        migrations.AddField("reader", "next_key", models.BinaryField(max_length=65, null=True)),
        migrations.AddField("reader", "key_ends", models.DateTimeField(null=True)),
        migrations.AddField(
            "reader",
            "key_unseen_since",
            models.DateTimeField(help_text="took over by time and never signed since", null=True),
        ),
        migrations.AddField("readerhealth", "renewal_asked_at", models.DateTimeField(null=True)),
        _updated([*BEFORE, "next_key", "key_ends"]),
        migrations.CreateModel(
            name="FormerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("algorithm", models.CharField(max_length=20)),
                ("public_key", models.BinaryField(max_length=65, unique=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("overtaken_at", models.DateTimeField(null=True)),
                ("overtaken_by", models.BigIntegerField(null=True)),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="former_keys",
                        to="readers.reader",
                    ),
                ),
            ],
            options={"ordering": ["-ended_at"], "abstract": False, "base_manager_name": "objects"},
        ),
    ]
