import uuid

import django.db.models.functions.datetime
from django.db import migrations, models

from ledger.sql import function

WRITE_ONCE = ("ledger_ledgerentry", "ledger_sealedbatch", "ledger_checkpoint")

NOW = django.db.models.functions.datetime.Now


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PolicyCounter",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("company_id", models.IntegerField()),
                ("epoch", models.IntegerField(db_default=1, default=1)),
                ("seq", models.BigIntegerField(db_default=0, default=0)),
                ("pruned", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="policy_counter_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "seq", "kind", "handle", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("seq", models.BigIntegerField()),
                ("kind", models.CharField(max_length=24)),
                ("handle", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=NOW())),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="HandleCounter",
            fields=[
                ("kind", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("last", models.BigIntegerField()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
                ("verb", models.CharField(max_length=80)),
                ("subject_kind", models.CharField(blank=True, default="", max_length=40)),
                ("handle", models.BigIntegerField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("subject", models.UUIDField(null=True)),
                ("payload", models.BinaryField(null=True)),
                ("batch", models.UUIDField()),
                ("batch_index", models.IntegerField()),
                ("leaf", models.BinaryField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="ledger_entry_newest"),
                    models.Index(fields=["subject_kind", "handle", "-at"], name="ledger_entry_of"),
                    models.Index(fields=["actor", "-at"], name="ledger_entry_by"),
                    models.Index(fields=["verb", "-at"], name="ledger_entry_verb"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "batch_index"), name="ledger_entry_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingBatch",
            fields=[
                ("batch", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("deed", "Deed"), ("scan", "Scan")], max_length=16)),
                ("count", models.IntegerField()),
                ("hash", models.BinaryField()),
                ("at", models.DateTimeField(db_default=NOW())),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 1)), name="pending_batch_not_empty"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("previous_hash", models.BinaryField()),
                ("root", models.BinaryField()),
                ("first_position", models.BigIntegerField()),
                ("last_position", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("hash", models.BinaryField()),
                ("signature", models.BinaryField()),
                ("signer", models.CharField(max_length=64)),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="SealedBatch",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("batch", models.UUIDField(unique=True)),
                ("kind", models.CharField(choices=[("deed", "Deed"), ("scan", "Scan")], max_length=16)),
                ("count", models.IntegerField()),
                ("hash", models.BinaryField()),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"),
                        default=uuid.uuid4,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("topic", models.CharField(max_length=64)),
                ("data", models.JSONField(default=dict)),
                ("created", models.DateTimeField(db_default=NOW())),
                ("due", models.DateTimeField(db_default=NOW())),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("error", models.TextField(blank=True, db_default="", default="")),
                ("done", models.DateTimeField(null=True)),
                ("parked", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done__isnull", True), ("parked__isnull", True)),
                        fields=["due"],
                        name="outbox_open",
                    ),
                    models.Index(
                        condition=models.Q(("parked__isnull", False)), fields=["parked"], name="outbox_parked"
                    ),
                    models.Index(
                        condition=models.Q(("done__isnull", False)), fields=["done"], name="outbox_done"
                    ),
                ],
            },
        ),
        migrations.RunSQL(function("policy_touch"), migrations.RunSQL.noop),
        migrations.RunSQL(function("ledger_refuse"), migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION public.ledger_refuse()",
                f"DROP TRIGGER IF EXISTS written_once ON {table}",
            )
            for table in WRITE_ONCE
        ),
    ]
