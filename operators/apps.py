"""The operators app."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    """Registers the mails and the life-cycle step of the first operator."""

    name = "operators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from operators import receivers, steps  # noqa: F401, PLC0415 - the registries fill at import
