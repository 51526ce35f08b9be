"""Deeds about one person are found without looking at all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_keys_move_policy")]

    operations = [
        migrations.AddIndex(
            "ledgerentry",
            models.Index(
                fields=["subject"], condition=models.Q(subject__isnull=False), name="ledger_entry_person"
            ),
        ),
    ]
