"""The top floor as an app: commands that need all rooms, and the names in the API's description."""

from importlib import import_module

from django.apps import AppConfig


class HouseConfig(AppConfig):
    """No models."""

    name = "config"

    def ready(self) -> None:
        """Register how callers of the API prove themselves."""
        import_module("config.openapi")
