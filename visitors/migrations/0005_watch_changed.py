"""An entry of the watch list says since when it is about whom it is about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("visitors", "0004_unlock"),
    ]

    operations = [
        migrations.AddField(
            model_name="watchentry",
            name="changed_at",
            field=models.DateTimeField(
                blank=True,
                help_text="whom it is about was last changed; a verdict from before is none",
                null=True,
            ),
        ),
    ]
