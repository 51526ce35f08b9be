from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_stream")]

    operations = [
        migrations.CreateModel(
            name="PrunedLeaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch", "batch_index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("batch", models.UUIDField()),
                ("batch_index", models.IntegerField()),
                ("leaf", models.BinaryField()),
                ("deed", models.UUIDField()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON ledger_prunedleaf"
            " FOR EACH ROW EXECUTE FUNCTION public.ledger_refuse()",
            "DROP TRIGGER IF EXISTS written_once ON ledger_prunedleaf",
        ),
    ]
