"""Which keys for codes a reader says it holds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readers", "0004_day_passes_stay")]

    operations = [
        migrations.AddField("reader", "keys_held", models.PositiveIntegerField(default=0)),
        migrations.AddField("reader", "keys_held_at", models.DateTimeField(null=True)),
    ]
