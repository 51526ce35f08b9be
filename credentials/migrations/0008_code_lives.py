"""Since when codes live how long. What stands before the first change stands in the policy itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_ended")]

    operations = [
        migrations.CreateModel(
            name="CodeLife",
            fields=[
                ("since", models.DateTimeField(primary_key=True, serialize=False)),
                ("life", models.PositiveSmallIntegerField(help_text="seconds")),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
    ]
