"""Django's entry for the readers' room."""

from importlib import import_module

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    """Readers, their keys, their acknowledgements."""

    name = "readers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what verifies the record, and what a new company needs."""
        import_module("readers.receivers")
        import_module("readers.excerpts")
        import_module("readers.scanning.steps")
