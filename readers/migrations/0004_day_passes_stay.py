"""The function that writes a batch of scans, anew: a day pass that opened a door is not used up."""

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).resolve().parent.parent / "scanning" / "sql" / "commit_scans.sql").read_text()
INSTALL = """
DO $$ BEGIN
  IF current_schema() <> 'template' THEN
    PERFORM public.install_commit_scans(current_schema());
  END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("readers", "0003_commit_scans")]

    operations = [
        migrations.RunSQL([SQL], migrations.RunSQL.noop),
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
    ]
