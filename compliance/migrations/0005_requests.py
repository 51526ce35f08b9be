"""Whose holidays count and where days end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0004_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="compliancepolicy",
            name="country",
            field=models.CharField(
                blank=True, default="", help_text="ISO 3166-1 alpha-2: whose holidays are free", max_length=2
            ),
        ),
        migrations.AddField(
            model_name="compliancepolicy",
            name="subdivision",
            field=models.CharField(
                blank=True,
                default="",
                help_text="its part as ISO 3166-2 names it, without the country",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="compliancepolicy",
            name="time_zone",
            field=models.CharField(
                blank=True, default="UTC", help_text="IANA: where days end", max_length=64
            ),
        ),
    ]
