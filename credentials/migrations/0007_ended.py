"""When a credential ended, and indexes over what opens nothing: readers are told only what is recent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0006_first_passkeys"),
        ("vault", "0002_key_halves"),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="ended_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="when it was revoked; no code outlives that by a day",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                condition=models.Q(("state", "ACTIVE"), _negated=True),
                fields=["ended_at"],
                name="credential_opens_nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(
                condition=models.Q(("state", "ACTIVE"), _negated=True),
                fields=["revoked_at"],
                name="device_opens_nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="holder",
            index=models.Index(
                condition=models.Q(("state", "ACTIVE"), _negated=True),
                fields=["id"],
                name="holder_opens_nothing",
            ),
        ),
    ]
