from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).resolve().parent.parent / "sql" / "clone_company.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        # One parameterless statement: percent signs of format() must reach PostgreSQL as they stand.
        migrations.RunSQL([(SQL, None)], [("DROP FUNCTION IF EXISTS public.clone_company(name, name)", None)])
    ]
