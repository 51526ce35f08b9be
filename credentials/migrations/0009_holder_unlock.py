"""Of some people every code needs a phone unlock, whatever the company asks of the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0008_code_lives"),
    ]

    operations = [
        migrations.AddField(
            model_name="holder",
            name="unlock_required",
            field=models.BooleanField(
                default=False, help_text="whether every code needs a phone unlock, whatever the company asks"
            ),
        ),
    ]
