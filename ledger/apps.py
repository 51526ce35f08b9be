from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ledger import deeds, receivers, steps  # noqa: F401, PLC0415  (models must be loaded first)
