"""Where a site stands, for visitors; moves no policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_equal_way"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="address",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Street and town in one line, as visitors are told it and a map finds it.",
                max_length=200,
            ),
        ),
    ]
