"""Django's entry for the readers' room."""

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    """Readers, their keys, their acknowledgements."""

    name = "readers"
    default_auto_field = "django.db.models.BigAutoField"
