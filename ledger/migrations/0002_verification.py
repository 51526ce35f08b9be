import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("asked", models.DateTimeField(auto_now_add=True)),
                ("actor", models.CharField(max_length=80)),
                ("ended", models.DateTimeField(null=True)),
                ("holds", models.BooleanField(null=True)),
                ("report", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["-asked"], name="verification_newest")],
            },
        ),
    ]
