from importlib import import_module

from django.apps import AppConfig


class BiometricsConfig(AppConfig):
    name = "biometrics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("biometrics.receivers")
