"""Templates also end by retention."""

from django.db import migrations, models

HOWS = [
    ("consent_ended", "The consent ended"),
    ("replaced", "Enrolled anew"),
    ("deleted", "Deleted by an operator"),
    ("unused", "Not used for long"),
    ("purpose_over", "Its purpose was over for a year"),
    ("long_silent", "No interaction for three years"),
]


class Migration(migrations.Migration):
    dependencies = [("biometrics", "0002_place_of_an_operator")]

    operations = [
        migrations.AlterField(
            "facetemplate",
            "destroyed_how",
            models.CharField(blank=True, choices=HOWS, default="", max_length=16),
        ),
    ]
