"""The function that writes a batch of scans, and one of its own for each company that stands already."""

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
    dependencies = [("readers", "0002_policy_triggers"), ("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL([SQL], migrations.RunSQL.noop),
        migrations.RunSQL(INSTALL, "DROP FUNCTION IF EXISTS commit_scans"),
    ]
