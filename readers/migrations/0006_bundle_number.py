"""The number of the newest offline bundle that was made for a reader. No decision reads it: no policy moves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readers", "0005_keys_held")]

    operations = [
        migrations.AddField("reader", "bundle_number", models.PositiveBigIntegerField(default=0)),
    ]
