"""What tells a request that was kept back from a second reader, and a hole in a journal from one on its way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("readers", "0010_commit_watched")]

    operations = [
        migrations.AddField("readerhealth", "asked_created", models.BigIntegerField(null=True)),
        migrations.AlterField("readerhealth", "recent", models.BinaryField(default=b"", max_length=256 * 20)),
        # Each request now has its time before its digest: those without are of the last minutes alone.
        migrations.RunSQL("UPDATE readers_readerhealth SET recent = ''", migrations.RunSQL.noop),
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
        migrations.AddConstraint(
            "reader",
            models.UniqueConstraint(
                condition=models.Q(("next_key__isnull", False)),
                fields=("next_key",),
                name="readers_reader_next_key",
            ),
        ),
    ]
