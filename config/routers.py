"""Sends the keystore to its own database and keeps everything else out of it."""

from django.db.models import Model

KEYSTORE = "keystore"
KEYS = "keys"


class KeysRouter:
    """Reads, writes and migrations of the app label `keystore` happen on the alias `keys` only."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:
        """The alias for a query on `model`."""
        return KEYS if model._meta.app_label == KEYSTORE else None

    db_for_write = db_for_read

    def allow_relation(self, one: Model, other: Model, **hints: object) -> bool | None:
        """No relation crosses the border between the databases."""
        labels = {one._meta.app_label, other._meta.app_label}
        return len(labels) == 1 if KEYSTORE in labels else None

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        """Keystore tables on `keys`, all others elsewhere."""
        if db == KEYS or app_label == KEYSTORE:
            return db == KEYS and app_label == KEYSTORE
        return None
