"""What persons took back, beside their keys: an older main database must not give it again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keystore", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TakenBack",
            fields=[
                ("record", models.UUIDField(primary_key=True, serialize=False)),
                ("company", models.UUIDField(db_index=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
