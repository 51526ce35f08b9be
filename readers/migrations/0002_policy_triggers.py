"""What the server believes of a reader moves the company's policy number; heartbeats and names do not."""

from django.db import migrations

from ledger.policy import touch_operations


class Migration(migrations.Migration):
    dependencies = [("readers", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        *touch_operations(
            "readers_reader", "reader", "handle", ["state", "access_point_id", "algorithm", "public_key"]
        ),
    ]
