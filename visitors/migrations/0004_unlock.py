"""A type of visit says whether phones show a code only after their unlock."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visitors", "0003_host_confirms"),
    ]

    operations = [
        migrations.AddField(
            model_name="visittype",
            name="unlock",
            field=models.BooleanField(
                default=False, help_text="a phone makes a code only after its unlock, as a pass needs its PIN"
            ),
        ),
    ]
