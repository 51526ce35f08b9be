"""What opens a code is policy: a key set that comes, ends or is refused moves the company's number."""

from django.db import migrations

from ledger.policy import touch_operations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_verification"), ("vault", "0002_key_halves")]

    operations = [
        *touch_operations(
            "vault_keyset", "keys", "key_id", ["seal_wrapped", "not_before", "not_after", "state"]
        ),
    ]
