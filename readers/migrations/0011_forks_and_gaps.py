"""What tells a hole in a journal from what is still on its way, and why an entry with long facts is kept apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readers", "0010_commit_watched")]

    operations = [
        migrations.AddField("reader", "gap_position", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("reader", "gap_since", models.DateTimeField(null=True)),
        migrations.AlterField(
            "journalquarantine",
            "reason",
            models.CharField(
                choices=[
                    ("signature_wrong", "Its signature is not this reader’s"),
                    ("chain_broken", "It does not follow the entry before it"),
                    ("event_id_reused", "Its number is on record for another code"),
                    ("code_not_ours", "It let somebody pass on a code that does not open"),
                    ("facts_differ", "What it says it was decided on does not fit"),
                    ("facts_too_long", "What it says it was decided on is too long to be kept as an event"),
                    ("out_of_time", "Its time cannot be"),
                ],
                max_length=20,
            ),
        ),
    ]
