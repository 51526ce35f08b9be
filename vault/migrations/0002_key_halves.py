"""When each half of a key set was first used, and sets that are refused; retired is told by the times alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial")]

    operations = [
        migrations.AddField(
            "keyset", "seal_since", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField(
            "keyset", "sign_since", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.RunSQL(
            "UPDATE vault_keyset SET seal_since = not_before, sign_since = not_before, state = 'ACTIVE'",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            "keyset",
            "state",
            models.CharField(
                choices=[("ACTIVE", "Active"), ("REFUSED", "Refused")], default="ACTIVE", max_length=8
            ),
        ),
    ]
