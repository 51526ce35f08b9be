"""An operator's number is longer than a phone's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("biometrics", "0001_initial")]

    operations = [
        migrations.AlterField(
            "facesession",
            "place",
            models.CharField(max_length=48, help_text="device:7, reader:3 or operator:<uuid>"),
        ),
    ]
