"""The function that writes a batch with people going into or out of areas that keep watch."""

from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parent.parent / "scanning" / "sql"
# Companies are migrated in parallel: replacing one function in two transactions at once fails.
SQL = "SELECT pg_advisory_xact_lock(11, 0);\n" + (FOLDER / "commit_watched.sql").read_text()
INSTALL = """
DO $$ BEGIN
  IF current_schema() <> 'template' THEN
    PERFORM public.install_commit_watched(current_schema());
  END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("readers", "0009_key_renewal"), ("access", "0007_presence")]

    operations = [
        migrations.RunSQL([SQL], migrations.RunSQL.noop),
        migrations.RunSQL(INSTALL, "DROP FUNCTION IF EXISTS commit_watched"),
    ]
